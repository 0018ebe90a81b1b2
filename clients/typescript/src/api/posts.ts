import type { Http } from '../http.ts'
import type { LinkPreview, NewPost, Post } from '../posts.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** What people write for many. */
export class Posts {
  constructor(private readonly http: Http) {}

  publish = (post: NewPost) => this.http.post<Post>('/v1/posts', post)
  get = (id: Id) => this.http.get<Post>(`/v1/posts/${id}`)
  /** Newest first. */
  ofUser = (user: Id, page: PageQuery = {}) => this.http.get<List<Post>>(`/v1/users/${user}/posts`, { ...page })
  /** What stands behind a link. */
  preview = (url: string) => this.http.get<LinkPreview>('/v1/preview', { url })
}
