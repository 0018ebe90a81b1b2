import type { Http } from '../http.ts'
import type { ModerationEntry, NewReport, Report } from '../posts.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** Everybody reports; moderators look at it and act. */
export class Moderation {
  constructor(private readonly http: Http) {}

  /** Answers one's own report that is open already. */
  report = (report: NewReport) => this.http.post<Pick<Report, 'id' | 'post_id' | 'user_id' | 'reason' | 'text' | 'created_at'>>('/v1/reports', report)

  /** Open ones oldest first, closed ones newest first. */
  reports = (query: PageQuery & { state?: 'open' | 'closed' } = {}) => this.http.get<List<Report>>('/v1/admin/reports', { ...query })
  close = (id: Id, state: 'resolved' | 'dismissed', note?: string) => this.http.patch<Report>(`/v1/admin/reports/${id}`, { state, note })
  /** Out of everybody's sight but the author's. */
  hide = (post: Id, note?: string) => this.http.put<void>(`/v1/admin/posts/${post}/hidden`, { note })
  restore = (post: Id) => this.http.delete(`/v1/admin/posts/${post}/hidden`)
  suspend = (user: Id, note?: string) => this.http.put<void>(`/v1/admin/users/${user}/suspension`, { note })
  readmit = (user: Id) => this.http.delete(`/v1/admin/users/${user}/suspension`)
  /** What moderators did, newest first. */
  log = (page: PageQuery = {}) => this.http.get<List<ModerationEntry>>('/v1/admin/moderation', { ...page })
}
