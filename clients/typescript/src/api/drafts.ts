import type { Http } from '../http.ts'
import type { Draft, NewDraft, Post } from '../posts.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** Posts to be published later. */
export class Drafts {
  constructor(private readonly http: Http) {}

  create = (draft: NewDraft) => this.http.post<Draft>('/v1/me/drafts', draft)
  /** Newest first. */
  all = (page: PageQuery = {}) => this.http.get<List<Draft>>('/v1/me/drafts', { ...page })
  get = (id: Id) => this.http.get<Draft>(`/v1/me/drafts/${id}`)
  /** What is left out is gone. */
  replace = (id: Id, draft: NewDraft) => this.http.put<Draft>(`/v1/me/drafts/${id}`, draft)
  delete = (id: Id) => this.http.delete(`/v1/me/drafts/${id}`)
  /** Now; then the draft is gone. */
  publish = (id: Id) => this.http.post<Post>(`/v1/me/drafts/${id}/publish`)
}
