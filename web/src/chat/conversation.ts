import type { AnyMessage, Id, Message } from '@madang/client'

/** An own message on its way. */
export interface Pending {
  client_id: string
  text: string
  created_at: string
  /** Why the server refused it; absent while it is being sent. */
  refused?: string
}

/** What this window knows of one room's messages: a run without holes, and what is on its way. */
export interface Conversation {
  messages: readonly AnyMessage[]
  pending: readonly Pending[]
  /** To pass as `before`; null at the true beginning, undefined until the first page came. */
  older: string | null | undefined
}

export const emptyConversation: Conversation = { messages: [], pending: [], older: undefined }

/** Adds messages in any order; what is already there is replaced, and an own message takes the place of its pending one. */
export function merge(conversation: Conversation, incoming: readonly AnyMessage[], me: Id): Conversation {
  if (incoming.length === 0) return conversation
  const bySeq = new Map(conversation.messages.map((message) => [message.seq, message]))
  for (const message of incoming) bySeq.set(message.seq, message)
  const messages = [...bySeq.values()].sort((a, b) => a.seq - b.seq)
  return { ...conversation, messages, pending: withoutSent(conversation.pending, incoming, me) }
}

/** A page of history read with `before`. */
export function prepend(conversation: Conversation, page: readonly AnyMessage[], older: string | null, me: Id): Conversation {
  return { ...merge(conversation, page, me), older }
}

/** The newest page after a reset: what does not touch it is let go, since there may be a hole between. */
export function replace(conversation: Conversation, page: readonly AnyMessage[], older: string | null, me: Id): Conversation {
  const first = page[0]?.seq ?? Infinity
  const touches = conversation.messages.some((message) => message.seq >= first - 1)
  const kept = touches ? conversation : { ...conversation, messages: [] }
  return { ...merge(kept, page, me), older: touches && conversation.older !== undefined ? conversation.older : older }
}

/** What the reader may see has changed: only what was just read is shown. */
export function restart(conversation: Conversation, page: readonly AnyMessage[], older: string | null, me: Id): Conversation {
  return { ...merge({ ...conversation, messages: [] }, page, me), older }
}

export function addPending(conversation: Conversation, pending: Pending): Conversation {
  return { ...conversation, pending: [...conversation.pending, pending] }
}

export function refuse(conversation: Conversation, clientId: string, code: string): Conversation {
  return changePending(conversation, clientId, (pending) => ({ ...pending, refused: code }))
}

export function retry(conversation: Conversation, clientId: string): Conversation {
  return changePending(conversation, clientId, (pending) => ({ ...pending, refused: undefined }))
}

export function discard(conversation: Conversation, clientId: string): Conversation {
  return { ...conversation, pending: conversation.pending.filter((each) => each.client_id !== clientId) }
}

export function lastSeq(conversation: Conversation): number {
  return conversation.messages.at(-1)?.seq ?? 0
}

function changePending(conversation: Conversation, clientId: string, change: (pending: Pending) => Pending): Conversation {
  return { ...conversation, pending: conversation.pending.map((each) => (each.client_id === clientId ? change(each) : each)) }
}

function withoutSent(pending: readonly Pending[], incoming: readonly AnyMessage[], me: Id): readonly Pending[] {
  const sent = new Set(incoming.filter((m): m is Message => !m.hidden && m.sender_id === me).map((m) => m.client_id))
  return sent.size === 0 ? pending : pending.filter((each) => !sent.has(each.client_id))
}
