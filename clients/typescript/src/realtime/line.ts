import type { Entry, Signal } from '../entries.ts'
import type { ClientFrame, ErrorFrame, OkFrame, ReadyFrame } from '../frames.ts'
import type { Cursor } from '../types.ts'

/** What a connection tells, whatever it is made of. */
export interface LineEvents {
  ready(frame: Omit<ReadyFrame, 'op' | 'user_id'> & { user_id?: string }): void
  entry(entry: Entry): void
  signal(signal: Signal): void
  reset(cursor: Cursor | undefined): void
  resync(): void
  answer(frame: OkFrame | ErrorFrame): void
  /** Told once, and never after {@link Line.close}. */
  ended(end: LineEnd): void
}

export interface LineEnd {
  signedOut?: boolean
  /** The server said when to come back. */
  afterMs?: number
  /** Not even the server was reached, so another kind of line would not help. */
  unreachable?: boolean
}

export interface Line {
  readonly kind: LineKind
  /** False when this kind of line cannot carry frames or is not ready. */
  send(frame: ClientFrame): boolean
  ack(cursor: Cursor): void
  /** Asks for a sign of life: a dead line ends within 5 s. */
  probe(): void
  close(code: number): void
}

export type LineKind = 'socket' | 'sse' | 'poll'

export const SILENT = 4000
export const NORMAL = 1000
