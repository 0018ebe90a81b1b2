/** Shapes of the wire. Ids and cursors are opaque strings, times RFC 3339 UTC. */
export type Id = string
export type Cursor = string
export type Role = 'user' | 'moderator' | 'admin'
export type RoomRole = 'owner' | 'member'
export type Registration = 'open' | 'invite' | 'closed'

export interface List<T> {
  items: T[]
  next: Cursor | null
  prev: Cursor | null
}

export interface PageQuery {
  cursor?: Cursor
  /** 1…100, 50 by default. */
  limit?: number
}

export interface Setup {
  needed: boolean
  registration: Registration
  community: string
}

export interface User {
  id: Id
  name: string
  display_name: string
  locale?: string
  time_zone?: string
  role: Role
  disabled?: boolean
  created_at: string
}

export interface Session {
  /** Left out when the session lives in a cookie. */
  token?: string
  expires_at: string
  user: User
}

/** A signed-in session. */
export interface Device {
  id: Id
  name?: string
  created_at: string
  last_seen_at?: string
  expires_at: string
  current: boolean
}

export type FriendState = 'accepted' | 'incoming' | 'outgoing'
export type RelationKind = 'friend' | 'follow' | 'mute' | 'block'

export interface Relation {
  user: User
  kind: RelationKind
  /** Only for friends. */
  state?: FriendState
  /** Only for follows: false without what they pass on. */
  shares?: boolean
  created_at: string
  /** Only for mutes: when it ends by itself. */
  expires_at?: string
}

export interface Invite {
  id: Id
  /** Only in the answer that creates it. */
  code?: string
  max_uses?: number
  uses: number
  created_at: string
  expires_at?: string
}

export interface ApiKey {
  id: Id
  name: string
  role: Role
  /** Only in the answer that creates it. */
  key?: string
  created_at: string
  expires_at?: string
  last_used_at?: string
}

export interface Member {
  user_id: Id
  role: RoomRole
  joined_at: string
}

export interface Room {
  id: Id
  kind: 'direct' | 'group'
  title?: string
  members: Member[]
  head_seq: number
  read_seq: number
  unread: number
  mentions: number
  last_message?: AnyMessage
  created_at: string
}

export interface Message {
  id: Id
  room_id: Id
  seq: number
  sender_id: Id
  client_id: string
  text: string
  attachments: unknown[]
  reply_to?: number
  reactions: unknown[]
  created_at: string
  edited_at?: string
  deleted_at?: string
  hidden?: undefined
}

/** What is left of a message by someone the reader has blocked. */
export interface HiddenMessage {
  room_id: Id
  seq: number
  hidden: true
  created_at: string
}

export type AnyMessage = Message | HiddenMessage

export interface ReadMark {
  room_id: Id
  read_seq: number
  unread: number
}
