import type { AnyMessage, Id, Member, ReadMark, Room, User } from '@madang/client'
import type { Translate } from '../i18n/i18n'

export type Rooms = Readonly<Record<Id, Room>>
export type People = Readonly<Record<Id, User>>

/** Newest activity first; rooms without messages by their making. */
export function byActivity(rooms: Rooms): Room[] {
  return Object.values(rooms).sort((a, b) => activity(b).localeCompare(activity(a)) || compareIds(b.id, a.id))
}

export function activity(room: Room): string {
  return room.last_message?.created_at ?? room.created_at
}

export function totalUnread(rooms: Rooms): number {
  return Object.values(rooms).reduce((sum, room) => sum + room.unread, 0)
}

/** A message moves the head; one's own moves one's mark too. Old or repeated news changes nothing. */
export function withMessage(room: Room, message: AnyMessage, me: Id): Room {
  if (message.seq <= room.head_seq && message.seq !== room.last_message?.seq) return room
  const head_seq = Math.max(room.head_seq, message.seq)
  const own = !message.hidden && message.sender_id === me
  const read_seq = own ? Math.max(room.read_seq, message.seq) : room.read_seq
  return { ...room, head_seq, read_seq, unread: head_seq - read_seq, last_message: message }
}

/** Marks only move forward, so a late answer cannot bring a badge back. */
export function withRead(room: Room, mark: ReadMark): Room {
  const read_seq = Math.max(room.read_seq, mark.read_seq)
  return { ...room, read_seq, unread: Math.max(0, room.head_seq - read_seq) }
}

export function withMember(room: Room, { user_id, role, joined_at }: Member): Room {
  const others = room.members.filter((member) => member.user_id !== user_id)
  return { ...room, members: [...others, { user_id, role, joined_at }] }
}

export function withoutMember(room: Room, user: Id): Room {
  return { ...room, members: room.members.filter((member) => member.user_id !== user) }
}

export function personName(people: People, id: Id, t: Translate): string {
  return people[id]?.display_name ?? t('room.unknownPerson')
}

export function otherMembers(room: Room, me: Id): Id[] {
  return room.members.map((member) => member.user_id).filter((id) => id !== me)
}

/** The title, or who else is there. */
export function roomName(room: Room, people: People, me: Id, t: Translate): string {
  if (room.title) return room.title
  const others = otherMembers(room, me)
  if (others.length === 0) return t('rooms.alone')
  return others.slice(0, 4).map((id) => personName(people, id, t)).join(', ') + (others.length > 4 ? '…' : '')
}

export function preview(room: Room, people: People, me: Id, t: Translate): string {
  const last = room.last_message
  if (!last) return t('rooms.noMessages')
  if (last.hidden) return t('rooms.hiddenMessage')
  const text = last.text.replace(/\s+/g, ' ')
  if (last.sender_id === me) return t('rooms.you', { text })
  return room.kind === 'group' ? `${personName(people, last.sender_id, t)}: ${text}` : text
}

function compareIds(a: Id, b: Id): number {
  return a.length - b.length || a.localeCompare(b)
}
