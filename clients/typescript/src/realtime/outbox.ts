import type { MadangApi } from '../api/index.ts'
import type { NewMessage } from '../api/rooms.ts'
import { backoffMs, type Clock } from '../clock.ts'
import { MadangError } from '../error.ts'
import type { ErrorFrame, OkFrame, SendFrame } from '../frames.ts'
import type { Id, Message } from '../types.ts'

const ANSWER_WITHIN_MS = 10_000

interface Item {
  room: Id
  message: NewMessage
  failures: number
  /** What this item waits for: its turn, an answer (and from where), or the time of its next try. */
  state: 'queued' | 'socket' | 'http' | 'delayed'
  timer: unknown
}

export interface OutboxEvents {
  /** Gives the id of the request, or undefined when no socket is ready. */
  request(frame: Omit<SendFrame, 'id'>): number | undefined
  acked(message: Message): void
  refused(room: Id, clientId: string, error: MadangError): void
  signedOut(): void
}

/** Sends in order per room, one at a time, with one client id per message, until it is acknowledged or refused. */
export class Outbox {
  private readonly rooms = new Map<Id, Item[]>()
  private readonly asked = new Map<number, Item>()

  constructor(
    private readonly api: MadangApi,
    private readonly clock: Clock,
    private readonly events: OutboxEvents,
  ) {}

  add(room: Id, message: NewMessage): void {
    const queue = this.rooms.get(room) ?? []
    if (queue.some((item) => item.message.client_id === message.client_id)) return
    this.rooms.set(room, queue)
    queue.push({ room, message, failures: 0, state: 'queued', timer: undefined })
    this.next(room)
  }

  lineReady(): void {
    for (const item of this.heads('delayed')) this.attempt(item)
  }

  lineLost(): void {
    this.asked.clear()
    for (const item of this.heads('socket')) this.attemptHttp(item)
  }

  answered(frame: OkFrame | ErrorFrame): boolean {
    const item = frame.id === undefined ? undefined : this.asked.get(frame.id)
    if (!item || frame.id === undefined) return false
    this.asked.delete(frame.id)
    if (frame.op === 'ok') {
      if (frame.message && !frame.message.hidden) this.settle(frame.message)
    } else if (item.state === 'socket') {
      const { errors, retry_after_ms: retryAfterMs } = frame
      this.failed(item, new MadangError(frame.code, frame.message, { errors, retryAfterMs }))
    }
    return true
  }

  /** The message is on the server, whoever says so. */
  settle(message: Message): void {
    const queue = this.rooms.get(message.room_id)
    const item = queue?.find((each) => each.message.client_id === message.client_id)
    if (!item) return
    this.remove(item)
    this.events.acked(message)
    this.next(item.room)
  }

  stop(): void {
    for (const queue of this.rooms.values()) for (const item of queue) this.clock.clearTimeout(item.timer)
    this.rooms.clear()
    this.asked.clear()
  }

  private next(room: Id): void {
    const head = this.rooms.get(room)?.[0]
    if (head?.state === 'queued') this.attempt(head)
  }

  private attempt(item: Item): void {
    this.clock.clearTimeout(item.timer)
    const id = this.events.request({ op: 'send', room_id: item.room, ...item.message })
    if (id === undefined) return this.attemptHttp(item)
    this.asked.set(id, item)
    item.state = 'socket'
    item.timer = this.clock.setTimeout(() => this.attemptHttp(item), ANSWER_WITHIN_MS)
  }

  private attemptHttp(item: Item): void {
    this.clock.clearTimeout(item.timer)
    item.state = 'http'
    this.api.rooms.post(item.room, item.message).then(
      (message) => this.settle(message),
      (error: unknown) => {
        if (item.state === 'http' && this.holds(item)) this.failed(item, error)
      },
    )
  }

  private failed(item: Item, reason: unknown): void {
    const error = reason instanceof MadangError ? reason : new MadangError('internal', String(reason))
    if (error.status === 401) return this.events.signedOut()
    if (!error.retryable) {
      this.remove(item)
      this.events.refused(item.room, item.message.client_id, error)
      return this.next(item.room)
    }
    const delay = error.retryAfterMs ?? backoffMs(item.failures, this.clock.random())
    item.failures += 1
    item.state = 'delayed'
    this.clock.clearTimeout(item.timer)
    item.timer = this.clock.setTimeout(() => this.attempt(item), delay)
  }

  private heads(state: Item['state']): Item[] {
    return [...this.rooms.values()].flatMap((queue) => queue.slice(0, 1)).filter((item) => item.state === state)
  }

  private holds(item: Item): boolean {
    return this.rooms.get(item.room)?.includes(item) ?? false
  }

  private remove(item: Item): void {
    this.clock.clearTimeout(item.timer)
    const left = (this.rooms.get(item.room) ?? []).filter((each) => each !== item)
    if (left.length > 0) this.rooms.set(item.room, left)
    else this.rooms.delete(item.room)
  }
}
