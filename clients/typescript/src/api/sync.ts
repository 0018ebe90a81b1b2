import type { SyncAnswer } from '../entries.ts'
import type { Http } from '../http.ts'
import type { Cursor } from '../types.ts'

export interface SyncQuery {
  since?: Cursor
  /** Seconds to wait for the first entry, at most 25. */
  wait?: number
  /** At most 500. */
  limit?: number
}

export class Sync {
  constructor(private readonly http: Http) {}

  read = (query: SyncQuery = {}, signal?: AbortSignal) =>
    this.http.json<SyncAnswer>('GET', '/v1/sync', {
      query: { ...query },
      signal,
      timeoutMs: query.wait === undefined ? undefined : query.wait * 1000 + 10_000,
    })

  /** The body of the answer is an event stream. */
  stream = (since: Cursor | undefined, signal: AbortSignal) =>
    this.http.send('GET', '/v1/sync', { query: { since }, accept: 'text/event-stream', signal })

  ack = (cursor: Cursor) => this.http.post<void>('/v1/sync/ack', { cursor })
}
