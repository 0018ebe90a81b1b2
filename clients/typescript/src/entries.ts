import type { InboxChange, InboxRead } from './notifications.ts'
import type { AnyMessage, Cursor, FriendState, Id, Member, ReadMark } from './types.ts'

interface EntryOf<Type extends string, Data> {
  cursor: Cursor
  type: Type
  at: string
  data: Data
}

export interface RelationChange {
  user_id: Id
  friend?: FriendState
  follows: boolean
  muted: boolean
  blocked: boolean
}

export type KnownEntry =
  | EntryOf<'message.created', AnyMessage>
  | EntryOf<'room.read', ReadMark>
  | EntryOf<'room.updated', { room_id: Id; title?: string }>
  | EntryOf<'member.added' | 'member.updated', Member & { room_id: Id }>
  | EntryOf<'member.removed', { room_id: Id; user_id: Id }>
  | EntryOf<'relation.updated', RelationChange>
  | EntryOf<'notification.created' | 'notification.updated', InboxChange>
  | EntryOf<'notification.read', InboxRead>

/** What the reader has to learn, in order. Types of later versions arrive as they are. */
export type Entry = KnownEntry | EntryOf<`${string}.${string}` & { later?: never }, Record<string, unknown>>

interface SignalOf<Type extends string, Data> {
  type: Type
  data: Data
}

export type KnownSignal =
  | SignalOf<'typing', { room_id: Id; user_id: Id; expires_in_ms: number }>
  | SignalOf<'receipt', { room_id: Id; user_id: Id; read_seq: number }>
  | SignalOf<'feed.new', { post_id: Id; author_id: Id }>
  | SignalOf<'feed.changed', { post_id: Id; version: number }>
  | SignalOf<'feed.gone', { post_id: Id }>

/** Ephemeral news without a position: may be lost, never matters later. */
export type Signal = KnownSignal | SignalOf<string & { later?: never }, Record<string, unknown>>

export interface SyncAnswer {
  /** The cursor was missing or too old: read the rooms, go on from `cursor`. */
  reset?: true
  entries: Entry[]
  cursor: Cursor
  /** More entries wait. */
  limited: boolean
}

const knownEntries = new Set<string>([
  'message.created',
  'room.read',
  'room.updated',
  'member.added',
  'member.updated',
  'member.removed',
  'relation.updated',
  'notification.created',
  'notification.updated',
  'notification.read',
] satisfies KnownEntry['type'][])

const knownSignals = new Set<string>(['typing', 'receipt', 'feed.new', 'feed.changed', 'feed.gone'] satisfies KnownSignal['type'][])

export function isKnownEntry(entry: Entry): entry is KnownEntry {
  return knownEntries.has(entry.type)
}

export function isKnownSignal(signal: Signal): signal is KnownSignal {
  return knownSignals.has(signal.type)
}
