import { describe, expect, test } from 'vitest'
import { byActivity, preview, roomName, totalUnread, withMessage, withRead } from '../src/chat/rooms'
import { translator } from '../src/i18n/i18n'
import { me, message, room, stub, user } from './facts'

const t = translator('en')
const people = { [me]: user(me, '나'), 2: user('2', '김민지') }

describe('the list of rooms', () => {
  test('is sorted by the last message, rooms without one by their making', () => {
    const old = room('1', { last_message: message(1, { created_at: '2026-11-20T00:00:00.000Z' }) })
    const fresh = room('2', { last_message: message(1, { created_at: '2026-11-22T00:00:00.000Z' }) })
    const empty = room('3', { created_at: '2026-11-21T00:00:00.000Z' })
    expect(byActivity({ 1: old, 2: fresh, 3: empty }).map(({ id }) => id)).toEqual(['2', '3', '1'])
  })

  test('rooms of the same moment are sorted by id, newer first', () => {
    expect(byActivity({ 9: room('9'), 10: room('10') }).map(({ id }) => id)).toEqual(['10', '9'])
  })

  test('unread is head minus read', () => {
    const after = withMessage(room('100', { head_seq: 4, read_seq: 2, unread: 2 }), message(5), me)
    expect(after).toMatchObject({ head_seq: 5, unread: 3, last_message: { seq: 5 } })
  })

  test("one's own message moves one's own mark", () => {
    const after = withMessage(room('100', { head_seq: 4, read_seq: 2, unread: 2 }), message(5, { sender_id: me }), me)
    expect(after).toMatchObject({ read_seq: 5, unread: 0 })
  })

  test('a repeated or older message changes nothing', () => {
    const before = room('100', { head_seq: 5, unread: 5, last_message: message(5) })
    expect(withMessage(before, message(3), me)).toBe(before)
  })

  test('a hidden stub counts', () => {
    expect(withMessage(room('100'), stub(1), me).unread).toBe(1)
  })

  test('a late mark cannot bring a badge back', () => {
    const read = withRead(room('100', { head_seq: 9, unread: 9 }), { room_id: '100', read_seq: 9, unread: 0 })
    expect(withRead(read, { room_id: '100', read_seq: 4, unread: 5 })).toMatchObject({ read_seq: 9, unread: 0 })
  })

  test('all unread together', () => {
    expect(totalUnread({ 1: room('1', { unread: 2 }), 2: room('2', { unread: 3 }) })).toBe(5)
  })
})

describe('what a room is called', () => {
  test('its title, else who else is there', () => {
    expect(roomName(room('1', { title: '마당' }), people, me, t)).toBe('마당')
    expect(roomName(room('1'), people, me, t)).toBe('김민지')
    expect(roomName(room('1', { members: [] }), people, me, t)).toBe('Just you')
  })

  test('the preview says who wrote it where that is not plain', () => {
    const group = room('1', { kind: 'group', last_message: message(1, { text: '안녕\n하세요' }) })
    expect(preview(group, people, me, t)).toBe('김민지: 안녕 하세요')
    expect(preview(room('1', { last_message: message(1, { sender_id: me }) }), people, me, t)).toBe('You: text 1')
    expect(preview(room('1', { last_message: stub(1) }), people, me, t)).toBe('Hidden message')
  })
})
