import type { MadangApi } from '../api/index.ts'
import type { NewMessage } from '../api/rooms.ts'
import { backoffMs, type Clock } from '../clock.ts'
import { type Entry, isKnownEntry, type Signal } from '../entries.ts'
import { MadangError } from '../error.ts'
import type { ClientFrame, ReadyFrame } from '../frames.ts'
import type { AnyMessage, Cursor, Id, Message } from '../types.ts'
import { Acks } from './acks.ts'
import { Emitter } from './emitter.ts'
import { Gaps } from './gaps.ts'
import { Inbox } from './inbox.ts'
import { Ladder } from './ladder.ts'
import { type Line, type LineEnd, type LineKind, NORMAL, SILENT } from './line.ts'
import { Outbox } from './outbox.ts'
import { PollLine } from './poll-line.ts'
import { type OpenSocket, SocketLine } from './socket-line.ts'
import { SseLine } from './sse-line.ts'

export type RealtimeState = 'stopped' | 'connecting' | 'online' | 'waiting' | 'signed_out'

export interface RealtimeEvents {
  entry: Entry
  signal: Signal
  /** Read the rooms now: entries before this cursor will not come. */
  reset: { cursor: Cursor }
  /** A hole in a tracked room, read from history. */
  refilled: { room_id: Id; messages: AnyMessage[] }
  acked: Message
  refused: { room_id: Id; client_id: string; error: MadangError }
  state: RealtimeState
}

export interface RealtimeOptions {
  api: MadangApi
  clock: Clock
  openSocket?: OpenSocket
  /** Where to go on, if stored from before. */
  cursor?: Cursor
  /** Tried from left to right; all three by default. */
  lines?: readonly LineKind[]
}

const UPGRADE_AFTER_MS = 300_000

/** One inbox, read in order and without a gap over whatever line works; see docs/realtime. */
export class RealtimeClient extends Emitter<RealtimeEvents> {
  state: RealtimeState = 'stopped'
  userId: Id | undefined
  private readonly api: MadangApi
  private readonly clock: Clock
  private readonly inbox: Inbox
  private readonly acks: Acks
  private readonly gaps: Gaps
  private readonly outbox: Outbox
  private readonly ladder: Ladder
  private line: Line | undefined
  private timer: unknown
  private failures = 0
  private requests = 0
  /** The cursor of this line's ready, and whether the application was told to start from it. */
  private readyCursor: Cursor | undefined
  private toldReset: Cursor | undefined
  private resetDue = false

  constructor(private readonly options: RealtimeOptions) {
    super()
    this.api = options.api
    this.clock = options.clock
    this.inbox = new Inbox(options.cursor, (entry) => this.deliver(entry))
    this.acks = new Acks(this.clock, () => this.inbox.cursor && this.line?.ack(this.inbox.cursor))
    this.gaps = new Gaps(this.api, (room_id, messages) => this.emit('refilled', { room_id, messages }))
    this.ladder = new Ladder(options.lines ?? (options.openSocket ? ['socket', 'sse', 'poll'] : ['sse', 'poll']))
    this.outbox = new Outbox(this.api, this.clock, {
      request: (frame) => this.request(frame),
      acked: (message) => this.emit('acked', message),
      refused: (room_id, client_id, error) => this.emit('refused', { room_id, client_id, error }),
      signedOut: () => this.finish('signed_out'),
    })
  }

  get cursor(): Cursor | undefined {
    return this.inbox.cursor
  }

  start(): void {
    if (this.state === 'stopped' || this.state === 'signed_out') this.connect()
  }

  stop(): void {
    if (this.state !== 'stopped') this.finish('stopped')
  }

  /** The network is back, or the window is looked at again: do not wait for the timer. */
  wake(): void {
    if (this.state === 'waiting') this.connect()
    else if (this.state === 'online') this.line?.probe()
  }

  /** Goes out in order of its room; the end is told by `acked` or `refused`. */
  send(room: Id, message: NewMessage): void {
    this.outbox.add(room, message)
  }

  /** The application holds the history of this room up to `seq`. */
  track(room: Id, seq: number): void {
    this.gaps.track(room, seq)
  }

  read(room: Id, seq: number): void {
    if (this.request({ op: 'read', room_id: room, seq }) !== undefined) return
    this.api.rooms.read(room, seq).catch(() => undefined) // the next reading carries a higher mark
  }

  typing(room: Id): void {
    this.line?.send({ op: 'typing', room_id: room })
  }

  active(value: boolean): void {
    this.line?.send({ op: 'active', value })
  }

  private connect(): void {
    this.clock.clearTimeout(this.timer)
    this.change('connecting')
    this.readyCursor = undefined
    this.line = this.open(this.ladder.kind)
  }

  private open(kind: LineKind): Line {
    const events = {
      ready: (frame: Omit<ReadyFrame, 'op' | 'user_id'> & { user_id?: Id }) => this.ready(frame.cursor, frame.user_id),
      entry: (entry: Entry) => this.inbox.take(entry),
      signal: (signal: Signal) => this.emit('signal', signal),
      reset: (cursor: Cursor | undefined) => this.reset(cursor ?? this.readyCursor),
      resync: () => void this.resync(),
      answer: (frame: Parameters<Outbox['answered']>[0]) => void this.outbox.answered(frame),
      ended: (end: LineEnd) => this.ended(end),
    }
    const { openSocket } = this.options
    if (kind === 'poll') return new PollLine(this.api, this.cursor, events)
    if (kind === 'sse' || !openSocket) return new SseLine(this.api, this.cursor, events, this.clock)
    const hello = { token: this.api.http.token, since: this.cursor }
    return new SocketLine(() => openSocket(socketUrl(this.api.http.baseUrl), 'madang.v1'), hello, events, this.clock)
  }

  private ready(cursor: Cursor, userId: Id | undefined): void {
    const first = this.inbox.cursor === undefined || this.resetDue
    this.readyCursor = cursor
    this.userId = userId ?? this.userId
    this.failures = 0
    this.ladder.held()
    if (!this.ladder.atTop) this.timer = this.clock.setTimeout(() => this.upgrade(), UPGRADE_AFTER_MS)
    this.change('online')
    if (first) this.reset(cursor)
    this.outbox.lineReady()
    this.gaps.resume()
  }

  private reset(cursor: Cursor | undefined): void {
    this.resetDue = cursor === undefined
    if (cursor === undefined || cursor === this.toldReset) return
    this.inbox.cursor = this.toldReset = cursor
    this.gaps.forget()
    this.emit('reset', { cursor })
  }

  private deliver(entry: Entry): void {
    this.toldReset = undefined
    this.emit('entry', entry)
    this.acks.due()
    if (!isKnownEntry(entry) || entry.type !== 'message.created') return
    const message = entry.data
    if (!message.hidden && message.sender_id === this.userId) this.outbox.settle(message)
    this.gaps.heard(message)
  }

  /** The server dropped entries of this line: read on from our own cursor, hold what the line brings meanwhile. */
  private async resync(): Promise<void> {
    const line = this.line
    this.inbox.hold()
    try {
      for (let limited = true; limited; ) {
        const answer = await this.api.sync.read({ since: this.inbox.cursor, limit: 500 })
        if (this.line !== line) return
        for (const entry of answer.entries) this.inbox.pass(entry)
        if (answer.reset) this.reset(answer.cursor)
        else this.inbox.cursor = answer.cursor
        limited = answer.limited
      }
      this.inbox.release()
    } catch (error) {
      if (this.line !== line) return
      if (error instanceof MadangError && error.status === 401) return this.finish('signed_out')
      line?.close(SILENT)
      this.ended({})
    }
  }

  private ended(end: LineEnd): void {
    const wasOnline = this.state === 'online'
    this.release()
    if (end.signedOut) return this.finish('signed_out')
    if (!wasOnline) this.ladder.missed(end)
    const delay = end.afterMs ?? backoffMs(this.failures, this.clock.random())
    this.failures += 1
    this.change('waiting')
    this.timer = this.clock.setTimeout(() => this.connect(), delay)
    if (wasOnline) this.outbox.lineLost()
  }

  private upgrade(): void {
    this.line?.close(NORMAL)
    this.release()
    this.ladder.toTop()
    this.connect()
  }

  private finish(state: 'stopped' | 'signed_out'): void {
    this.line?.close(NORMAL)
    this.release()
    this.outbox.stop()
    this.change(state)
  }

  private release(): void {
    this.line = undefined
    this.clock.clearTimeout(this.timer)
    this.acks.cancel()
    this.inbox.drop()
  }

  private request(frame: WithoutId<ClientFrame>): number | undefined {
    const id = this.requests + 1
    if (!this.line?.send({ ...frame, id } as ClientFrame)) return undefined
    this.requests = id
    return id
  }

  private change(state: RealtimeState): void {
    if (this.state === state) return
    this.state = state
    this.emit('state', state)
  }
}

type WithoutId<Frame> = Frame extends { id: number } ? Omit<Frame, 'id'> : never

function socketUrl(baseUrl: string): string {
  const base = baseUrl === '' ? globalThis.location.origin : baseUrl
  return `${base.replace(/^http/, 'ws')}/v1/socket`
}
