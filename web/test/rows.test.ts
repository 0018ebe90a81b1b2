import { describe, expect, test } from 'vitest'
import { addPending, emptyConversation } from '../src/chat/conversation'
import { buildRows } from '../src/chat/rows'
import { me, message, stub } from './facts'

const open = { ...emptyConversation, older: null }
const kinds = (...args: Parameters<typeof buildRows>) => buildRows(...args).map(({ kind }) => kind)

describe('rows of a conversation', () => {
  test('a day stands before its first message', () => {
    const messages = [message(1, { created_at: '2026-11-20T12:00:00.000Z' }), message(2, { created_at: '2026-11-22T12:00:00.000Z' })]
    expect(kinds({ ...open, messages }, me, undefined)).toEqual(['start', 'day', 'message', 'day', 'message'])
  })

  test('the beginning is shown only when it is reached', () => {
    expect(kinds({ ...open, messages: [message(7)], older: '7' }, me, undefined)[0]).toBe('day')
  })

  test('messages of one sender within five minutes are one group', () => {
    const messages = [message(1), message(2), message(3, { sender_id: '3' }), message(400, { sender_id: '3' })]
    const rows = buildRows({ ...open, messages }, me, undefined).filter((row) => row.kind === 'message')
    expect(rows.map(({ first, last }) => [first, last])).toEqual([[true, false], [false, true], [true, true], [true, true]])
  })

  test('the marker stands once, before the first new message of somebody else', () => {
    const messages = [message(1), message(2, { sender_id: me }), message(3), message(4)]
    expect(kinds({ ...open, messages }, me, 1)).toEqual(['start', 'day', 'message', 'message', 'new', 'message', 'message'])
  })

  test('hidden stubs keep their place and break a group', () => {
    const rows = buildRows({ ...open, messages: [message(1), stub(2), message(3)] }, me, undefined)
    expect(rows.map(({ kind }) => kind)).toEqual(['start', 'day', 'message', 'hidden', 'message'])
    expect(rows[4]).toMatchObject({ first: true })
  })

  test('an own message keeps its key when it is acknowledged', () => {
    const sending = addPending(open, { client_id: 'x', text: 'hi', created_at: message(1).created_at })
    const sent = { ...open, messages: [message(1, { sender_id: me, client_id: 'x' })] }
    expect(buildRows(sending, me, undefined).at(-1)?.key).toBe(buildRows(sent, me, undefined).at(-1)?.key)
  })
})
