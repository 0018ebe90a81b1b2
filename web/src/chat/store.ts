import { type Entry, type Id, isKnownEntry, isKnownSignal, type KnownEntry, type MadangClient, newClientId, type RealtimeClient, type Room, type Signal, type User } from '@madang/client'
import * as conversations from './conversation'
import type { Conversation } from './conversation'
import { Directory } from './directory'
import * as rooms from './rooms'
import { type ChatState, conversationOf, initialState, withTyping } from './state'

const PAGE = 50
const TYPING_EVERY_MS = 3_000
const RELOAD_AFTER_MS = 3_000

/** Everything the chat screens show: rooms, conversations, who types; kept true by the realtime inbox. */
export class ChatStore {
  readonly realtime: RealtimeClient
  private state: ChatState = initialState
  private readonly watchers = new Set<() => void>()
  private readonly directory: Directory
  private readonly opening = new Map<Id, Promise<void>>()
  private lastTyping = { room: '', at: 0 }

  constructor(
    private readonly client: MadangClient,
    readonly me: User,
    /** Told about every change of a relation, so that lists elsewhere can be read again. */
    private readonly relationChanged: () => void = () => undefined,
  ) {
    this.directory = new Directory(client.api, (people) => this.set({ people: { ...this.state.people, ...people } }))
    this.set({ people: { [me.id]: me } })
    this.realtime = client.realtime()
    this.realtime.on('reset', () => void this.reload())
    this.realtime.on('entry', (entry) => this.apply(entry))
    this.realtime.on('signal', (signal) => this.hear(signal))
    this.realtime.on('state', (line) => this.set({ line }))
    this.realtime.on('acked', (message) => this.merge(message.room_id, [message]))
    this.realtime.on('refilled', ({ room_id, messages }) => this.merge(room_id, messages))
    this.realtime.on('refused', ({ room_id, client_id, error }) =>
      this.converse(room_id, (each) => conversations.refuse(each, client_id, error.code)),
    )
  }

  readonly subscribe = (watcher: () => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }
  readonly snapshot = () => this.state

  start(): void {
    this.realtime.start()
  }

  stop(): void {
    this.realtime.stop()
  }

  /** Reads the newest page once; later calls are free. */
  open(room: Id): Promise<void> {
    const running = this.opening.get(room)
    if (running) return running
    const reading = this.readNewest(room).catch((error: unknown) => {
      this.opening.delete(room)
      throw error
    })
    this.opening.set(room, reading)
    return reading
  }

  async loadOlder(room: Id): Promise<void> {
    const { older } = conversationOf(this.state, room)
    if (!older) return
    const page = await this.client.api.rooms.history(room, { before: older, limit: PAGE })
    this.know(page.items)
    this.converse(room, (each) => conversations.prepend(each, page.items, page.prev, this.me.id))
  }

  send(room: Id, text: string): void {
    const pending = { client_id: newClientId(), text, created_at: new Date().toISOString() }
    this.converse(room, (each) => conversations.addPending(each, pending))
    this.realtime.send(room, { client_id: pending.client_id, text })
    this.lastTyping = { room: '', at: 0 }
  }

  retry(room: Id, clientId: string): void {
    const pending = conversationOf(this.state, room).pending.find((each) => each.client_id === clientId)
    if (!pending) return
    this.converse(room, (each) => conversations.retry(each, clientId))
    this.realtime.send(room, { client_id: clientId, text: pending.text })
  }

  discard(room: Id, clientId: string): void {
    this.converse(room, (each) => conversations.discard(each, clientId))
  }

  markRead(id: Id): void {
    const room = this.state.rooms[id]
    if (!room || room.unread === 0) return
    this.realtime.read(id, room.head_seq)
    this.change(id, (each) => rooms.withRead(each, { room_id: id, read_seq: each.head_seq, unread: 0 }))
  }

  type(room: Id): void {
    const now = Date.now()
    if (this.lastTyping.room === room && now - this.lastTyping.at < TYPING_EVERY_MS) return
    this.lastTyping = { room, at: now }
    this.realtime.typing(room)
  }

  /** A room that was created, renamed or joined by this window. */
  put(room: Room): void {
    this.set({ rooms: { ...this.state.rooms, [room.id]: room } })
    this.meet(room)
  }

  forget(room: Id): void {
    const { [room]: _, ...others } = this.state.rooms
    const { [room]: __, ...conversing } = this.state.conversations
    this.opening.delete(room)
    this.set({ rooms: others, conversations: conversing })
  }

  meetPeople(people: readonly User[]): void {
    this.directory.put(people)
  }

  private async reload(): Promise<void> {
    try {
      const found: Record<Id, Room> = {}
      let cursor: string | undefined
      do {
        const page = await this.client.api.rooms.list({ cursor, limit: 100 })
        for (const room of page.items) found[room.id] = room
        cursor = page.next ?? undefined
      } while (cursor)
      this.set({ rooms: found, loaded: true })
      this.directory.need(Object.values(found).flatMap((room) => room.members.slice(0, 5).map((member) => member.user_id)))
      await this.rereadOpen(conversations.replace)
    } catch {
      // The line came back before the API did.
      setTimeout(() => this.state.line === 'online' && void this.reload(), RELOAD_AFTER_MS)
    }
  }

  private async rereadOpen(take: typeof conversations.replace): Promise<void> {
    await Promise.all([...this.opening.keys()].map((room) => this.readNewest(room, take)))
  }

  private async readNewest(room: Id, take = conversations.replace): Promise<void> {
    if (!this.state.rooms[room]) this.put(await this.client.api.rooms.get(room))
    const page = await this.client.api.rooms.history(room, { limit: PAGE })
    this.know(page.items)
    this.converse(room, (each) => take(each, page.items, page.prev, this.me.id))
    const current = this.state.rooms[room]
    if (current) this.meet(current)
    this.realtime.track(room, conversations.lastSeq(conversationOf(this.state, room)))
  }

  private apply(entry: Entry): void {
    if (isKnownEntry(entry)) this.applyKnown(entry)
  }

  private applyKnown(entry: KnownEntry): void {
    switch (entry.type) {
      case 'message.created':
        return this.arrived(entry.data)
      case 'room.read':
        return this.change(entry.data.room_id, (room) => rooms.withRead(room, entry.data))
      case 'room.updated':
        return this.change(entry.data.room_id, (room) => ({ ...room, title: entry.data.title }))
      case 'member.added':
      case 'member.updated':
        if (!this.state.rooms[entry.data.room_id]) return void this.fetchRoom(entry.data.room_id)
        this.directory.need([entry.data.user_id])
        return this.change(entry.data.room_id, (room) => rooms.withMember(room, entry.data))
      case 'member.removed':
        if (entry.data.user_id === this.me.id) return this.forget(entry.data.room_id)
        return this.change(entry.data.room_id, (room) => rooms.withoutMember(room, entry.data.user_id))
      case 'relation.updated':
        this.relationChanged()
        // A block hides what was said before it as well.
        return void this.rereadOpen(conversations.restart).catch(() => undefined)
    }
  }

  private arrived(message: Extract<KnownEntry, { type: 'message.created' }>['data']): void {
    this.know([message])
    this.merge(message.room_id, [message])
    if (!message.hidden) this.set(withTyping(this.state, message.room_id, message.sender_id, undefined))
    if (!this.state.rooms[message.room_id]) void this.fetchRoom(message.room_id)
  }

  private hear(signal: Signal): void {
    if (!isKnownSignal(signal) || signal.type !== 'typing') return
    const { room_id, user_id, expires_in_ms } = signal.data
    if (user_id === this.me.id) return
    const until = Date.now() + expires_in_ms
    this.directory.need([user_id])
    this.set(withTyping(this.state, room_id, user_id, until))
    setTimeout(() => {
      if (this.state.typing[room_id]?.[user_id] === until) this.set(withTyping(this.state, room_id, user_id, undefined))
    }, expires_in_ms)
  }

  private async fetchRoom(id: Id): Promise<void> {
    try {
      this.put(await this.client.api.rooms.get(id))
    } catch {
      // not ours any more; the entry that says so follows
    }
  }

  /** Into the conversation if it is open, and into the room list in any case. */
  private merge(room: Id, messages: Parameters<typeof conversations.merge>[1]): void {
    if (this.opening.has(room)) this.converse(room, (each) => conversations.merge(each, messages, this.me.id))
    else this.converse(room, (each) => ({ ...conversations.merge(each, messages, this.me.id), messages: each.messages }))
    for (const message of messages) this.change(room, (each) => rooms.withMessage(each, message, this.me.id))
  }

  private meet(room: Room): void {
    this.directory.need(room.members.map((member) => member.user_id))
  }

  private know(messages: Parameters<typeof conversations.merge>[1]): void {
    this.directory.need(messages.flatMap((message) => (message.hidden ? [] : [message.sender_id])))
  }

  private change(id: Id, change: (room: Room) => Room): void {
    const room = this.state.rooms[id]
    if (room) this.set({ rooms: { ...this.state.rooms, [id]: change(room) } })
  }

  private converse(room: Id, change: (conversation: Conversation) => Conversation): void {
    const conversing = { ...this.state.conversations, [room]: change(conversationOf(this.state, room)) }
    this.set({ conversations: conversing })
  }

  private set(change: Partial<ChatState>): void {
    this.state = { ...this.state, ...change }
    for (const watcher of this.watchers) watcher()
  }
}
