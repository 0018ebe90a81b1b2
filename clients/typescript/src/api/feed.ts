import type { Http } from '../http.ts'
import type { FeedExplanation, FeedPage, FeedToken, RankedFeedPage, Ranker } from '../posts.ts'
import type { Id, PageQuery } from '../types.ts'

export interface FeedQuery extends PageQuery {
  /** `oldest` goes on from one's mark. */
  order?: 'newest' | 'oldest'
  /** The newest post that is held: what does not fit between is told as a gap. */
  since?: Id
  /** A post that was written or told of: the answer knows of it, whichever node gives it. */
  seen?: Id
}

/** What others have written, for one reader. */
export class Feed {
  constructor(private readonly http: Http) {}

  home = (query: FeedQuery = {}) => this.http.get<FeedPage>('/v1/feed', { ...query })
  /**
   * The same feed in the order of a ranker, with the reasons; the order stands while one reads on. Code `snapshot_gone`: the order is no longer kept, read anew without
   * a cursor.
   */
  ranked = (query: Pick<FeedQuery, 'cursor' | 'limit' | 'seen'> = {}, ranker: Ranker = 'scored') => this.http.get<RankedFeedPage>('/v1/feed', { ...query, ranker })
  ofList = (list: Id, query: Omit<FeedQuery, 'seen'> = {}) => this.http.get<FeedPage>(`/v1/lists/${list}/feed`, { ...query })
  ofTag = (tag: string, page: PageQuery = {}) => this.http.get<FeedPage>(`/v1/tags/${encodeURIComponent(tag)}/posts`, { ...page })
  /** Why a post is in one's home feed, or why not; moderators may ask for somebody else. */
  explain = (post: Id, user?: Id) => this.http.get<FeedExplanation>('/v1/feed/explain', { post_id: post, user_id: user })
  /** A secret address of one's home feed for feed readers, shown this once; the one before leads nowhere any more. */
  renewToken = () => this.http.post<FeedToken>('/v1/me/feed-token')
  /** Since when there is one. */
  token = () => this.http.get<Pick<FeedToken, 'created_at'>>('/v1/me/feed-token')
  deleteToken = () => this.http.delete('/v1/me/feed-token')
  mark = () => this.http.get<{ post_id?: Id; at?: string }>('/v1/feed/mark')
  /** Never goes back. */
  moveMark = (post: Id) => this.http.put<{ post_id?: Id; at?: string }>('/v1/feed/mark', { post_id: post })
}
