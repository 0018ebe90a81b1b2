import type { Clock } from '../clock.ts'
import { type ClientFrame, parseServerFrame, type ServerFrame } from '../frames.ts'
import type { Cursor } from '../types.ts'
import { type Line, type LineEnd, type LineEvents, NORMAL, SILENT } from './line.ts'
import { Watchdog } from './watchdog.ts'

/** The part of the browser's WebSocket that is used; `ws` and Node's own fit too. */
export interface WebSocketLike {
  readonly readyState: number
  onopen: ((event: never) => unknown) | null
  onmessage: ((event: { data: unknown }) => unknown) | null
  onclose: ((event: { code: number }) => unknown) | null
  onerror: ((event: never) => unknown) | null
  send(data: string): void
  close(code?: number): void
}

export type OpenSocket = (url: string, protocol: string) => WebSocketLike

const READY_WITHIN_MS = 10_000
const PROBE_MS = 5_000
const BAD_AUTH = 4401
const REVOKED = 4403
const OPEN = 1

export class SocketLine implements Line {
  readonly kind = 'socket'
  private readonly socket: WebSocketLike
  private readonly watchdog: Watchdog
  private ready = false
  private over = false

  constructor(
    open: () => WebSocketLike,
    private readonly hello: { token?: string; since?: Cursor },
    private readonly events: LineEvents,
    clock: Clock,
  ) {
    this.watchdog = new Watchdog(clock, () => this.leave(SILENT, {}))
    this.socket = open()
    this.socket.onopen = () => this.opened()
    this.socket.onmessage = (event) => this.received(event.data)
    this.socket.onclose = (event) => this.end({ signedOut: event.code === BAD_AUTH || event.code === REVOKED })
    this.socket.onerror = null // a close follows
  }

  send(frame: ClientFrame): boolean {
    return this.ready && this.write(frame)
  }

  ack(cursor: Cursor): void {
    this.send({ op: 'ack', cursor })
  }

  probe(): void {
    if (this.send({ op: 'ping' })) this.watchdog.hurry(PROBE_MS)
  }

  close(code: number): void {
    if (this.over) return
    this.over = true
    this.ready = false
    this.watchdog.stop()
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null
    this.socket.close(code)
  }

  private opened(): void {
    this.watchdog.watch(READY_WITHIN_MS)
    this.write({ op: 'hello', ...this.hello })
  }

  private received(data: unknown): void {
    if (this.over) return
    const parsed = parseServerFrame(data)
    if (parsed.result === 'invalid') return this.leave(SILENT, {})
    if (this.ready) this.watchdog.feed()
    if (parsed.result === 'ok') this.handle(parsed.frame)
  }

  private handle(frame: ServerFrame): void {
    switch (frame.op) {
      case 'ready':
        this.ready = true
        this.watchdog.watch(2 * frame.heartbeat_ms)
        return this.events.ready(frame)
      case 'entry': {
        const { op: _, ...entry } = frame
        return this.events.entry(entry)
      }
      case 'signal': {
        const { op: _, ...signal } = frame
        return this.events.signal(signal)
      }
      case 'ok':
      case 'error':
        return this.events.answer(frame)
      case 'reset':
        return this.events.reset(frame.cursor)
      case 'resync':
        return this.events.resync()
      case 'reconnect':
        return this.leave(NORMAL, { afterMs: frame.after_ms })
      case 'ping':
        this.write({ op: 'pong' })
        return
      case 'pong':
        return
    }
  }

  private write(frame: ClientFrame): boolean {
    if (this.over || this.socket.readyState !== OPEN) return false
    this.socket.send(JSON.stringify(frame))
    return true
  }

  private leave(code: number, end: LineEnd): void {
    if (this.over) return
    this.close(code)
    this.events.ended(end)
  }

  private end(end: LineEnd): void {
    if (this.over) return
    this.over = true
    this.ready = false
    this.watchdog.stop()
    this.events.ended(end)
  }
}
