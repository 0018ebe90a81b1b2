import type { Http } from '../http.ts'
import type { PeopleList } from '../posts.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** Lists of people, and the tags that one follows. */
export class Lists {
  constructor(private readonly http: Http) {}

  /** Answers the one that is there when there is one of this title. */
  create = (list: { title: string; exclusive?: boolean }) => this.http.post<PeopleList>('/v1/lists', list)
  all = (page: PageQuery = {}) => this.http.get<List<PeopleList>>('/v1/lists', { ...page })
  change = (id: Id, change: { title?: string; exclusive?: boolean }) => this.http.patch<PeopleList>(`/v1/lists/${id}`, change)
  delete = (id: Id) => this.http.delete(`/v1/lists/${id}`)
  members = (id: Id, page: PageQuery = {}) => this.http.get<List<{ user_id: Id }>>(`/v1/lists/${id}/members`, { ...page })
  add = (id: Id, user: Id) => this.http.put<void>(`/v1/lists/${id}/members/${user}`)
  remove = (id: Id, user: Id) => this.http.delete(`/v1/lists/${id}/members/${user}`)

  tags = () => this.http.get<List<{ tag: string }>>('/v1/me/tags')
  followTag = (tag: string) => this.http.put<{ tag: string }>(`/v1/tags/${encodeURIComponent(tag)}/follow`)
  unfollowTag = (tag: string) => this.http.delete(`/v1/tags/${encodeURIComponent(tag)}/follow`)
}
