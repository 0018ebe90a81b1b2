import { MadangClient, type WebSocketLike } from '@madang/client'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { isSending } from '../src/chat/state'
import { ChatStore } from '../src/chat/store'
import { me, message, room, stub, user } from './facts'

class Socket implements WebSocketLike {
  readyState = 1
  onopen: WebSocketLike['onopen'] = null
  onmessage: WebSocketLike['onmessage'] = null
  onclose: WebSocketLike['onclose'] = null
  onerror: WebSocketLike['onerror'] = null
  readonly sent: Record<string, unknown>[] = []
  send(data: string) {
    this.sent.push(JSON.parse(data) as Record<string, unknown>)
  }
  close() {
    this.readyState = 3
  }
  tell(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
}

const list = (items: unknown[], prev: string | null = null) => ({ items, next: null, prev })
const at = '2026-11-22T03:00:00.000Z'
let store: ChatStore

/** A store whose server answers from this table, over a socket that the test holds. */
async function begin(answers: Record<string, unknown>) {
  const socket = new Socket()
  const fetch = vi.fn(async (url: string | URL | Request) => {
    const path = String(url).replace('http://server.test', '')
    const body = answers[path] ?? answers[path.split('?')[0] ?? '']
    return body === undefined ? Response.json({ code: 'not_found' }, { status: 404 }) : Response.json(body)
  })
  const client = new MadangClient({ baseUrl: 'http://server.test', fetch, openSocket: () => socket })
  store = new ChatStore(client, user(me, '나'))
  store.start()
  socket.onopen?.(undefined as never)
  socket.tell({ op: 'ready', user_id: me, cursor: 'c0', heartbeat_ms: 25_000 })
  await vi.waitFor(() => expect(store.snapshot().loaded).toBe(true))
  return { socket, fetch }
}

const conversation = () => store.snapshot().conversations['100']
const entry = (cursor: string, type: string, data: unknown) => ({ op: 'entry', cursor, type, at, data })

afterEach(() => store.stop())

describe('the chat store', () => {
  const one = { '/v1/rooms': list([room('100', { head_seq: 2, read_seq: 2 })]), '/v1/rooms/100/messages': list([message(1), message(2)]), '/v1/users/2': user('2', '김민지') }

  test('reads the rooms when the line is ready, and looks up who is in them', async () => {
    await begin(one)
    expect(store.snapshot().rooms['100']?.head_seq).toBe(2)
    await vi.waitFor(() => expect(store.snapshot().people['2']?.display_name).toBe('김민지'))
  })

  test('shows an own message at once and reconciles it by its client id', async () => {
    const { socket } = await begin(one)
    await store.open('100')
    store.send('100', '안녕')
    const pending = conversation()?.pending[0]
    expect(pending?.text).toBe('안녕')
    const frame = socket.sent.find(({ op }) => op === 'send')
    expect(frame).toMatchObject({ room_id: '100', client_id: pending?.client_id, text: '안녕' })
    socket.tell({ op: 'ok', id: frame?.['id'], message: message(3, { sender_id: me, client_id: pending?.client_id ?? '' }) })
    expect(conversation()?.pending).toEqual([])
    expect(conversation()?.messages.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(store.snapshot().rooms['100']).toMatchObject({ head_seq: 3, unread: 0 })
  })

  test('keeps a refused message with its code, and sends it again under the same client id', async () => {
    const { socket } = await begin(one)
    await store.open('100')
    store.send('100', 'hi')
    socket.tell({ op: 'error', id: 1, code: 'blocked', message: '' })
    const refused = conversation()?.pending[0]
    expect(refused?.refused).toBe('blocked')
    store.retry('100', refused?.client_id ?? '')
    expect(socket.sent.filter(({ op }) => op === 'send').map(({ client_id }) => client_id)).toEqual([refused?.client_id, refused?.client_id])
  })

  test('reads a hole from history', async () => {
    const { socket } = await begin({ ...one, '/v1/rooms/100/messages?after=2&limit=100': list([message(3), message(4), message(5)]) })
    await store.open('100')
    socket.tell(entry('c1', 'message.created', message(5)))
    await vi.waitFor(() => expect(conversation()?.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]))
    expect(store.snapshot().rooms['100']).toMatchObject({ head_seq: 5, unread: 3 })
  })

  test('a message of an unknown room brings the room', async () => {
    const { socket } = await begin({ ...one, '/v1/rooms/200': room('200', { head_seq: 1, unread: 1 }) })
    socket.tell(entry('c1', 'message.created', message(1, { room_id: '200' })))
    await vi.waitFor(() => expect(store.snapshot().rooms['200']?.unread).toBe(1))
  })

  test('reading on another device takes the badge away', async () => {
    const { socket } = await begin({ ...one, '/v1/rooms': list([room('100', { head_seq: 2, unread: 2 })]) })
    socket.tell(entry('c1', 'room.read', { room_id: '100', read_seq: 2, unread: 0 }))
    expect(store.snapshot().rooms['100']?.unread).toBe(0)
  })

  test('being removed takes the room away', async () => {
    const { socket } = await begin(one)
    socket.tell(entry('c1', 'member.removed', { room_id: '100', user_id: me }))
    expect(store.snapshot().rooms['100']).toBeUndefined()
  })

  test('typing is shown until the message is there', async () => {
    const { socket } = await begin(one)
    socket.tell({ op: 'signal', type: 'typing', data: { room_id: '100', user_id: '2', expires_in_ms: 6000 } })
    expect(Object.keys(store.snapshot().typing['100'] ?? {})).toEqual(['2'])
    socket.tell(entry('c1', 'message.created', message(3)))
    expect(Object.keys(store.snapshot().typing['100'] ?? {})).toEqual([])
  })

  test('after a reset the rooms and the open conversation are read again', async () => {
    const { socket, fetch } = await begin(one)
    await store.open('100')
    fetch.mockClear()
    socket.tell({ op: 'reset', cursor: 'c900' })
    await vi.waitFor(() => expect(fetch.mock.calls.map(([url]) => String(url))).toContain('http://server.test/v1/rooms/100/messages?limit=50'))
  })

  test('a changed relation shows only what may still be seen', async () => {
    const answers: Record<string, unknown> = { ...one }
    const { socket } = await begin(answers)
    await store.open('100')
    answers['/v1/rooms/100/messages'] = list([stub(1), stub(2)])
    socket.tell(entry('c1', 'relation.updated', { user_id: '2', follows: false, muted: false, blocked: true }))
    await vi.waitFor(() => expect(conversation()?.messages.every(({ hidden }) => hidden)).toBe(true))
  })

  test('knows whether closing the window would lose something', async () => {
    const { socket } = await begin(one)
    await store.open('100')
    store.send('100', 'hi')
    expect(isSending(store.snapshot())).toBe(true)
    socket.tell({ op: 'error', id: 1, code: 'blocked', message: '' })
    expect(isSending(store.snapshot())).toBe(false)
  })
})
