import { MadangApi } from './api/index.ts'
import { systemClock } from './clock.ts'
import { type CrawlEvents, CrawlWatch } from './crawl-watch.ts'
import type { HttpOptions } from './http.ts'
import { RealtimeClient, type RealtimeOptions } from './realtime/client.ts'
import type { OpenSocket, WebSocketLike } from './realtime/socket-line.ts'
import type { Id } from './types.ts'

export interface ClientOptions extends HttpOptions {
  /** By default the platform's WebSocket, if it has one. */
  openSocket?: OpenSocket
}

/** The API and, by {@link MadangClient.realtime}, the inbox of the person who is signed in. */
export class MadangClient {
  readonly api: MadangApi

  constructor(private readonly options: ClientOptions = {}) {
    this.api = new MadangApi(options)
  }

  realtime(options: Pick<RealtimeOptions, 'cursor' | 'lines'> = {}): RealtimeClient {
    return new RealtimeClient({
      ...options,
      api: this.api,
      clock: this.options.clock ?? systemClock,
      openSocket: this.options.openSocket ?? platformSocket(),
    })
  }

  /** Follows a crawl until it has ended, or until it is closed. */
  watchCrawl(id: Id, events: CrawlEvents): CrawlWatch {
    return new CrawlWatch(this.api, id, events, this.options.clock)
  }
}

function platformSocket(): OpenSocket | undefined {
  if (typeof globalThis.WebSocket !== 'function') return undefined
  // The DOM types its handlers with `this`, which ours do not use.
  return (url, protocol) => new WebSocket(url, protocol) as unknown as WebSocketLike
}
