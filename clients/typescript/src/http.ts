import { type Clock, systemClock } from './clock.ts'
import { MadangError } from './error.ts'

export interface HttpOptions {
  /** Like `https://chat.example.org`; empty in a browser on the same origin. */
  baseUrl?: string
  /** Left out when a cookie carries the session. */
  token?: string
  fetch?: typeof globalThis.fetch
  clock?: Clock
  /** 15 s by default. */
  timeoutMs?: number
}

export type Query = Record<string, string | number | undefined>

export interface RequestOptions {
  query?: Query
  body?: unknown
  /** Sends the body, a string, as what it is instead of as JSON. */
  contentType?: string
  accept?: string
  signal?: AbortSignal
  /** 0 = wait as long as it takes. */
  timeoutMs?: number
}

export class Http {
  token: string | undefined
  readonly clock: Clock
  readonly baseUrl: string
  private readonly fetch: typeof globalThis.fetch
  private readonly timeoutMs: number

  constructor(options: HttpOptions = {}) {
    this.baseUrl = (options.baseUrl ?? '').replace(/\/+$/, '')
    this.token = options.token
    this.clock = options.clock ?? systemClock
    this.fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
    this.timeoutMs = options.timeoutMs ?? 15_000
  }

  get = <T>(path: string, query?: Query) => this.json<T>('GET', path, { query })
  post = <T>(path: string, body: unknown = {}) => this.json<T>('POST', path, { body })
  put = <T>(path: string, body: unknown = {}) => this.json<T>('PUT', path, { body })
  patch = <T>(path: string, body: unknown) => this.json<T>('PATCH', path, { body })
  delete = (path: string) => this.json<void>('DELETE', path)

  /** Sends and reads JSON; an empty answer is `undefined`. Throws {@link MadangError}. */
  async json<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    return this.withTimeout(options, async (signal) => {
      const response = await this.send(method, path, { ...options, signal })
      const text = await response.text()
      return (text === '' ? undefined : JSON.parse(text)) as T
    })
  }

  /** Sends and returns the successful response with its body unread. */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const headers: Record<string, string> = { accept: options.accept ?? 'application/json' }
    if (this.token !== undefined) headers['authorization'] = `Bearer ${this.token}`
    if (options.body !== undefined) headers['content-type'] = options.contentType ?? 'application/json'
    const response = await this.fetch(this.url(path, options.query), {
      method,
      headers,
      credentials: 'same-origin',
      body: options.body === undefined ? undefined : options.contentType === undefined ? JSON.stringify(options.body) : String(options.body),
      signal: options.signal,
    })
    if (!response.ok) throw MadangError.fromResponse(response, await response.text())
    return response
  }

  private url(path: string, query: Query = {}): string {
    const pairs = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined)
    const search = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString()
    return this.baseUrl + path + (search === '' ? '' : `?${search}`)
  }

  private async withTimeout<T>(options: RequestOptions, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController()
    const forward = () => abort.abort(options.signal?.reason)
    if (options.signal?.aborted) forward()
    options.signal?.addEventListener('abort', forward)
    let timedOut = false
    const after = options.timeoutMs ?? this.timeoutMs
    const timer = after > 0 ? this.clock.setTimeout(() => { timedOut = true; abort.abort() }, after) : undefined
    try {
      return await run(abort.signal)
    } catch (cause) {
      if (cause instanceof MadangError) throw cause
      throw timedOut
        ? new MadangError('timeout', 'The server did not answer in time.', { cause })
        : new MadangError('network', 'The server could not be reached.', { cause })
    } finally {
      if (timer !== undefined) this.clock.clearTimeout(timer)
      options.signal?.removeEventListener('abort', forward)
    }
  }
}
