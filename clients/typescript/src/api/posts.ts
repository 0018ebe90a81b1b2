import type { Http } from '../http.ts'
import type { LinkPreview, NewPost, Post, PostChange, PostVersion, ReactionKind, Reactor } from '../posts.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** What people write for many. */
export class Posts {
  constructor(private readonly http: Http) {}

  publish = (post: NewPost) => this.http.post<Post>('/v1/posts', post)
  get = (id: Id) => this.http.get<Post>(`/v1/posts/${id}`)
  edit = (id: Id, change: PostChange) => this.http.patch<Post>(`/v1/posts/${id}`, change)
  /** What answered it stands on. */
  delete = (id: Id) => this.http.delete(`/v1/posts/${id}`)
  /** What it says and said before, newest first. */
  versions = (id: Id) => this.http.get<List<PostVersion>>(`/v1/posts/${id}/versions`)

  /** Passes a public post on, with or without words of one's own. */
  share = (id: Id, share: Partial<NewPost> & { client_id: string }) => this.http.post<Post>(`/v1/posts/${id}/share`, share)
  /** Takes one's newest share without words back. */
  unshare = (id: Id) => this.http.delete(`/v1/posts/${id}/share`)
  comment = (id: Id, comment: { client_id: string; text: string }) => this.http.post<Post>(`/v1/posts/${id}/comments`, comment)
  /** What answers a post or a comment directly, oldest first. */
  comments = (id: Id, page: PageQuery = {}) => this.http.get<List<Post>>(`/v1/posts/${id}/comments`, { ...page })

  /** Counts follow within two seconds. */
  like = (id: Id) => this.http.put<void>(`/v1/posts/${id}/like`)
  unlike = (id: Id) => this.http.delete(`/v1/posts/${id}/like`)
  /** One of each kind at most. */
  react = (id: Id, kind: ReactionKind) => this.http.put<void>(`/v1/posts/${id}/reactions/${kind}`)
  unreact = (id: Id, kind: ReactionKind) => this.http.delete(`/v1/posts/${id}/reactions/${kind}`)
  reactors = (id: Id, page: PageQuery = {}) => this.http.get<List<Reactor>>(`/v1/posts/${id}/reactions`, { ...page })
  bookmark = (id: Id) => this.http.put<void>(`/v1/posts/${id}/bookmark`)
  unbookmark = (id: Id) => this.http.delete(`/v1/posts/${id}/bookmark`)
  /** Newest bookmark first. */
  bookmarks = (page: PageQuery = {}) => this.http.get<List<Post>>('/v1/me/bookmarks', { ...page })

  /** Newest first. */
  ofUser = (user: Id, page: PageQuery = {}) => this.http.get<List<Post>>(`/v1/users/${user}/posts`, { ...page })
  /** Posts, comments and shares that hold all words and that one may see, newest first; `word*` matches beginnings, quotation marks a phrase. */
  search = (q: string, page: PageQuery = {}) => this.http.get<List<Post>>('/v1/search/posts', { q, ...page })
  /** What stands behind a link. */
  preview = (url: string) => this.http.get<LinkPreview>('/v1/preview', { url })
}
