import type { Entry, Signal } from './entries.ts'
import type { FieldError } from './error.ts'
import type { AnyMessage, Cursor, Id, ReadMark } from './types.ts'

export interface SendFrame {
  op: 'send'
  id: number
  room_id: Id
  client_id: string
  text: string
  reply_to?: number
}

export type ClientFrame =
  | { op: 'hello'; token?: string; since?: Cursor }
  | SendFrame
  | { op: 'read'; id: number; room_id: Id; seq: number }
  | { op: 'typing'; room_id: Id }
  | { op: 'watch'; user_ids: Id[] }
  | { op: 'active'; value: boolean }
  | { op: 'ack'; cursor: Cursor }
  | { op: 'ping' }
  | { op: 'pong' }

export interface ReadyFrame {
  op: 'ready'
  user_id: Id
  cursor: Cursor
  heartbeat_ms: number
}

export interface OkFrame {
  op: 'ok'
  id: number
  message?: AnyMessage
  read?: ReadMark
}

export interface ErrorFrame {
  op: 'error'
  id?: number
  code: string
  message: string
  errors?: FieldError[]
  retry_after_ms?: number
}

export type ServerFrame =
  | ReadyFrame
  | OkFrame
  | ErrorFrame
  | ({ op: 'entry' } & Entry)
  | ({ op: 'signal' } & Signal)
  | { op: 'resync'; since?: Cursor }
  | { op: 'reset'; cursor?: Cursor }
  | { op: 'reconnect'; after_ms: number }
  | { op: 'ping' }
  | { op: 'pong' }

/** `ignored`: an op of a later version. `invalid`: may have been an entry, so the line cannot be trusted. */
export type Parsed = { result: 'ok'; frame: ServerFrame } | { result: 'ignored' } | { result: 'invalid' }

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string' && value !== ''
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const positive: Check = (value) => count(value) && value !== 0
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const optional = (check: Check): Check => (value) => value === undefined || check(value)

const fields: Record<ServerFrame['op'], Record<string, Check>> = {
  ready: { user_id: text, cursor: text, heartbeat_ms: positive },
  ok: { id: count, message: optional(object), read: optional(object) },
  error: { id: optional(count), code: text, message: (value) => typeof value === 'string', retry_after_ms: optional(count) },
  entry: { cursor: text, type: text, at: text, data: object },
  signal: { type: text, data: object },
  resync: { since: optional(text) },
  reset: { cursor: optional(text) },
  reconnect: { after_ms: count },
  ping: {},
  pong: {},
}

export function parseServerFrame(received: unknown): Parsed {
  const value = typeof received === 'string' ? parseJson(received) : undefined
  if (!object(value)) return { result: 'invalid' }
  const frame = value as Record<string, unknown>
  if (typeof frame['op'] !== 'string') return { result: 'invalid' }
  if (!Object.hasOwn(fields, frame['op'])) return { result: 'ignored' }
  const checks = Object.entries(fields[frame['op'] as ServerFrame['op']])
  const valid = checks.every(([name, check]) => check(frame[name]))
  return valid ? { result: 'ok', frame: frame as unknown as ServerFrame } : { result: 'invalid' }
}

function parseJson(received: string): unknown {
  try {
    return JSON.parse(received)
  } catch {
    return undefined
  }
}
