import type { HiddenMessage, Message, Room, User } from '@madang/client'

export const me = '1'

export function message(seq: number, more: Partial<Message> = {}): Message {
  const created_at = new Date(Date.UTC(2026, 10, 22, 3, 0, seq)).toISOString()
  const text = `text ${seq}`
  return { id: String(9000 + seq), room_id: '100', seq, sender_id: '2', client_id: `c${seq}`, text, attachments: [], reactions: [], created_at, ...more }
}

export function stub(seq: number): HiddenMessage {
  return { room_id: '100', seq, hidden: true, created_at: message(seq).created_at }
}

export function room(id: string, more: Partial<Room> = {}): Room {
  const members = [me, '2'].map((user_id) => ({ user_id, role: 'member' as const, joined_at: '2026-11-01T00:00:00.000Z' }))
  return { id, kind: 'direct', members, head_seq: 0, read_seq: 0, unread: 0, mentions: 0, created_at: '2026-11-01T00:00:00.000Z', ...more }
}

export function user(id: string, display_name: string): User {
  return { id, name: `user${id}`, display_name, role: 'user', created_at: '2026-11-01T00:00:00.000Z' }
}
