import type { Crawl, CrawledPage, CrawlHost, DuplicateKind, ExportFormat, FoundPage, NewCrawl, StatusClass, UrlExplanation } from '../crawls.ts'
import type { Http } from '../http.ts'
import type { Id, List, PageQuery } from '../types.ts'

export interface CrawledPagesQuery extends PageQuery {
  status?: StatusClass
  /** The id of a host. */
  host?: Id
  duplicate?: DuplicateKind
  /** Part of the URL. */
  q?: string
}

export interface FindPagesQuery extends PageQuery {
  q: string
  crawl_id?: Id
  host?: string
  lang?: string
}

/** Crawls are administered by admins; everybody who is signed in searches their pages. */
export class Crawls {
  constructor(private readonly http: Http) {}

  start = (settings: NewCrawl) => this.http.post<Crawl>('/v1/crawls', settings)
  list = (page: PageQuery = {}) => this.http.get<List<Crawl>>('/v1/crawls', { ...page })
  get = (id: Id) => this.http.get<Crawl>(`/v1/crawls/${id}`)
  pause = (id: Id) => this.http.post<Crawl>(`/v1/crawls/${id}/pause`)
  resume = (id: Id) => this.http.post<Crawl>(`/v1/crawls/${id}/resume`)
  stop = (id: Id) => this.http.post<Crawl>(`/v1/crawls/${id}/stop`)
  /** Refused while it runs. */
  delete = (id: Id) => this.http.delete(`/v1/crawls/${id}`)

  pages = (id: Id, query: CrawledPagesQuery = {}) => this.http.get<List<CrawledPage>>(`/v1/crawls/${id}/pages`, { ...query })
  /** `busiest`: those with most waiting URLs first, one page of them. */
  hosts = (id: Id, query: PageQuery & { q?: string; order?: 'id' | 'busiest' } = {}) => this.http.get<List<CrawlHost>>(`/v1/crawls/${id}/hosts`, { ...query })
  explain = (id: Id, url: string) => this.http.get<UrlExplanation>(`/v1/crawls/${id}/explain`, { url })
  /** Everything that the crawl has found, as a stream of lines. */
  export = (id: Id, format: ExportFormat, signal?: AbortSignal) => this.http.send('GET', `/v1/crawls/${id}/export`, { query: { format }, accept: '*/*', signal })
  find = (query: FindPagesQuery) => this.http.get<List<FoundPage>>('/v1/search/pages', { ...query })

  /** The body of the answer is an event stream: `state` with a crawl, `progress` every second. */
  events = (id: Id, signal: AbortSignal) => this.http.send('GET', `/v1/crawls/${id}/events`, { accept: 'text/event-stream', signal })
}
