import type { AnyMessage, Id, Message } from '@madang/client'
import { dayKey } from '../i18n/time'
import type { Conversation, Pending } from './conversation'

/** One line of the conversation as it is drawn. */
export type Row =
  | { kind: 'start'; key: string }
  | { kind: 'day'; key: string; at: string }
  | { kind: 'new'; key: string }
  | { kind: 'hidden'; key: string; seq: number }
  | { kind: 'message'; key: string; message: Message; own: boolean; first: boolean; last: boolean }
  | { kind: 'pending'; key: string; pending: Pending; first: boolean }

const TOGETHER_MS = 5 * 60_000

/** `newAfter`: the marker "new messages" stands before the first message of others above this seq. */
export function buildRows(conversation: Conversation, me: Id, newAfter: number | undefined): Row[] {
  const { messages, pending } = conversation
  const rows: Row[] = conversation.older === null ? [{ kind: 'start', key: 'start' }] : []
  let marked = newAfter === undefined
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1]
    const newDay = !before || dayKey(before.created_at) !== dayKey(message.created_at)
    if (newDay) rows.push({ kind: 'day', key: `day-${dayKey(message.created_at)}`, at: message.created_at })
    const marker: boolean = !marked && message.seq > (newAfter ?? 0) && !isOwn(message, me)
    if (marker) rows.push({ kind: 'new', key: 'new' })
    marked ||= marker
    rows.push(messageRow(message, newDay || marker ? undefined : before, messages[index + 1], me))
  }
  const lastMessage = messages.at(-1)
  for (const [index, each] of pending.entries()) {
    const first = index === 0 && !(lastMessage && isOwn(lastMessage, me))
    rows.push({ kind: 'pending', key: each.client_id, pending: each, first })
  }
  return rows
}

function messageRow(message: AnyMessage, before: AnyMessage | undefined, after: AnyMessage | undefined, me: Id): Row {
  if (message.hidden) return { kind: 'hidden', key: `seq-${message.seq}`, seq: message.seq }
  const own = isOwn(message, me)
  return {
    kind: 'message',
    // An own message keeps the key it had while pending, so that it does not blink when it is acknowledged.
    key: own ? message.client_id : `seq-${message.seq}`,
    message,
    own,
    first: !together(before, message),
    last: !together(message, after),
  }
}

function together(a: AnyMessage | undefined, b: AnyMessage | undefined): boolean {
  if (!a || !b || a.hidden || b.hidden || a.sender_id !== b.sender_id) return false
  if (dayKey(a.created_at) !== dayKey(b.created_at)) return false
  return Date.parse(b.created_at) - Date.parse(a.created_at) < TOGETHER_MS
}

function isOwn(message: AnyMessage, me: Id): boolean {
  return !message.hidden && message.sender_id === me
}
