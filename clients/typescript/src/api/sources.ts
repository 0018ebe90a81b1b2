import type { Http } from '../http.ts'
import type { ImportedSources, Source } from '../posts.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** Feeds and pages of the web as authors to follow. */
export class Sources {
  constructor(private readonly http: Http) {}

  /** Looks at the address, which takes a moment; the same address again answers the same source. */
  create = (url: string) => this.http.json<Source>('POST', '/v1/sources', { body: { url }, timeoutMs: 60_000 })
  /** Newest first. */
  all = (page: PageQuery = {}) => this.http.get<List<Source>>('/v1/sources', { ...page })
  get = (id: Id) => this.http.get<Source>(`/v1/sources/${id}`)
  /** Whoever made it may, and moderators. */
  delete = (id: Id) => this.http.delete(`/v1/sources/${id}`)
  /** Takes the subscriptions of another feed reader over (OPML, at most 1 MiB): makes each a source and follows it. It may take a minute. */
  import = (opml: string) => this.http.json<ImportedSources>('POST', '/v1/sources/import', { body: opml, contentType: 'text/x-opml', timeoutMs: 120_000 })
  /** All of them as OPML. */
  exportUrl = () => `${this.http.baseUrl}/v1/sources.opml`
}
