import { describe, expect, test } from 'vitest'
import { addPending, type Conversation, discard, emptyConversation, lastSeq, merge, prepend, refuse, replace, retry } from '../src/chat/conversation'
import { me, message, stub } from './facts'

const pending = (client_id: string) => ({ client_id, text: 'hi', created_at: '2026-11-22T03:00:00.000Z' })
const seqs = ({ messages }: Conversation) => messages.map(({ seq }) => seq)
const open: Conversation = { ...emptyConversation, older: null }

describe('merging', () => {
  test('puts messages in order of seq, whatever order they come in', () => {
    expect(seqs(merge(merge(open, [message(3)], me), [message(2), message(1)], me))).toEqual([1, 2, 3])
  })

  test('keeps one of each seq, the newest version', () => {
    const merged = merge(merge(open, [message(1)], me), [message(1, { text: 'edited' })], me)
    expect(merged.messages).toMatchObject([{ text: 'edited' }])
  })

  test('fills a hole with what was read from history', () => {
    const holed = merge(open, [message(1), message(5)], me)
    expect(seqs(merge(holed, [message(2), stub(3), message(4)], me))).toEqual([1, 2, 3, 4, 5])
  })

  test('an older page goes in front and moves the place to read on from', () => {
    const page = prepend({ ...open, messages: [message(51)], older: '51' }, [message(49), message(50)], '49', me)
    expect(seqs(page)).toEqual([49, 50, 51])
    expect(page.older).toBe('49')
  })

  test('nothing new is the same object, so nothing is drawn again', () => {
    expect(merge(open, [], me)).toBe(open)
  })
})

describe('the newest page after a reset', () => {
  const held = { ...open, messages: [message(1), message(2)], older: null }

  test('that touches what is held extends it', () => {
    expect(seqs(replace(held, [message(3), message(4)], '3', me))).toEqual([1, 2, 3, 4])
  })

  test('that leaves a hole replaces it', () => {
    const replaced = replace(held, [message(30)], '30', me)
    expect(seqs(replaced)).toEqual([30])
    expect(replaced.older).toBe('30')
  })
})

describe('what is on its way', () => {
  test('an own message takes the place of its pending one by client id', () => {
    const sending = addPending(addPending(open, pending('a')), pending('b'))
    const sent = merge(sending, [message(1, { sender_id: me, client_id: 'a' })], me)
    expect(sent.pending.map((each) => each.client_id)).toEqual(['b'])
  })

  test("somebody else's message with that client id does not", () => {
    expect(merge(addPending(open, pending('a')), [message(1, { client_id: 'a' })], me).pending).toHaveLength(1)
  })

  test('a refusal is kept with its code until it is sent again or discarded', () => {
    const refused = refuse(addPending(open, pending('a')), 'a', 'blocked')
    expect(refused.pending[0]?.refused).toBe('blocked')
    expect(retry(refused, 'a').pending[0]?.refused).toBeUndefined()
    expect(discard(refused, 'a').pending).toEqual([])
  })

  test('the last seq counts stubs and no pending ones', () => {
    expect(lastSeq(addPending(merge(open, [message(1), stub(2)], me), pending('a')))).toBe(2)
  })
})
