import type { Id, RealtimeState } from '@madang/client'
import { type Conversation, emptyConversation } from './conversation'
import type { People, Rooms } from './rooms'

export interface ChatState {
  rooms: Rooms
  /** False until the first reading of the rooms ended. */
  loaded: boolean
  people: People
  conversations: Readonly<Record<Id, Conversation>>
  /** Who types where, until when (ms). */
  typing: Readonly<Record<Id, Readonly<Record<Id, number>>>>
  line: RealtimeState
}

export const initialState: ChatState = {
  rooms: {},
  loaded: false,
  people: {},
  conversations: {},
  typing: {},
  line: 'stopped',
}

export function conversationOf(state: ChatState, room: Id): Conversation {
  return state.conversations[room] ?? emptyConversation
}

export function withTyping(state: ChatState, room: Id, user: Id, until: number | undefined): ChatState {
  const { [user]: _, ...others } = state.typing[room] ?? {}
  const here = until === undefined ? others : { ...others, [user]: until }
  return { ...state, typing: { ...state.typing, [room]: here } }
}

/** Something would be lost if the window closed now. */
export function isSending(state: ChatState): boolean {
  return Object.values(state.conversations).some(({ pending }) => pending.some(({ refused }) => refused === undefined))
}
