import type { WebSocketLike } from '../../src/index.ts'

export type Output = Record<string, unknown>

/** One socket of a script: the test plays the server. */
export class FakeSocket implements WebSocketLike {
  readyState = 0
  onopen: WebSocketLike['onopen'] = null
  onmessage: WebSocketLike['onmessage'] = null
  onclose: WebSocketLike['onclose'] = null
  onerror: WebSocketLike['onerror'] = null

  constructor(private readonly out: (output: Output) => void) {
    out({ connect: true })
  }

  send(data: string): void {
    this.out({ sent: JSON.parse(data) as unknown })
  }

  close(code?: number): void {
    this.readyState = 3
    this.out({ closed: code })
  }

  open(): void {
    this.readyState = 1
    this.onopen?.(undefined as never)
  }

  receive(text: string): void {
    this.onmessage?.({ data: text })
  }

  lose(code: number): void {
    this.readyState = 3
    this.onclose?.({ code })
  }
}

export interface Answer {
  error?: true
  status?: number
  headers?: Record<string, string>
  body?: unknown
}

/** Holds every request open until the script answers it, oldest first. */
export class FakeHttp {
  private readonly waiting: { resolve: (response: Response) => void; reject: (reason: Error) => void }[] = []

  constructor(private readonly out: (output: Output) => void) {}

  readonly fetch: typeof globalThis.fetch = (input, init) => {
    const url = new URL(String(input))
    const query = Object.fromEntries(url.searchParams)
    const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined
    this.out({ http: { method: init?.method, path: url.pathname, query, body } })
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
  }

  answer({ error, status, headers, body }: Answer): void {
    const request = this.waiting.shift()
    if (!request) throw new Error('no request is open')
    if (error) request.reject(new TypeError('fetch failed'))
    else request.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status, headers }))
  }
}
