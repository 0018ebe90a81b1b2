import type { Http } from '../http.ts'
import type { Source } from '../posts.ts'
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
  /** All of them as OPML. */
  exportUrl = () => `${this.http.baseUrl}/v1/sources.opml`
}
