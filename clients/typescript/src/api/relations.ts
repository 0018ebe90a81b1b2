import type { Http } from '../http.ts'
import type { Imported } from '../posts.ts'
import type { FriendState, Id, List, PageQuery, Relation, RelationKind } from '../types.ts'

/** What can be moved between servers. */
export type MovedKind = 'follows' | 'mutes' | 'blocks' | 'lists'

/** Friends are asked and accept; follow, mute and block are one-sided. */
export class Relations {
  constructor(private readonly http: Http) {}

  /** Asks, or accepts when the other one has asked. */
  befriend = (user: Id) => this.set('friend', user)
  /** Ends, withdraws or declines. */
  unfriend = (user: Id) => this.clear('friend', user)

  /** Without `shares` they stay as they are, and come along at first. */
  follow = (user: Id, how: { shares?: boolean } = {}) => this.http.put<Relation>(`/v1/follows/${user}`, how)
  /** Without `expires_at` for ever. */
  mute = (user: Id, how: { expires_at?: string } = {}) => this.http.put<Relation>(`/v1/mutes/${user}`, how)

  set = (kind: RelationKind, user: Id) => this.http.put<Relation>(`/v1/${kind}s/${user}`)
  clear = (kind: RelationKind, user: Id) => this.http.delete(`/v1/${kind}s/${user}`)
  list = (kind: RelationKind, query: PageQuery & { state?: FriendState } = {}) =>
    this.http.get<List<Relation>>(`/v1/${kind}s`, { ...query })

  /** Tells of every new post of somebody. */
  subscribe = (user: Id) => this.http.put<void>(`/v1/users/${user}/subscription`)
  unsubscribe = (user: Id) => this.http.delete(`/v1/users/${user}/subscription`)
  subscriptions = (page: PageQuery = {}) => this.http.get<List<{ user_id: Id }>>('/v1/me/subscriptions', { ...page })

  /** Takes over a CSV file as Mastodon writes it, of at most 1 MiB. `domain`: the server whose people are here under the same names. */
  import = (kind: MovedKind, csv: string, domain?: string) =>
    this.http.json<Imported>('POST', `/v1/${kind}/import`, { query: { domain }, body: csv, contentType: 'text/csv', timeoutMs: 120_000 })
  /** Where the same file is got from. */
  exportUrl = (kind: MovedKind) => `${this.http.baseUrl}/v1/${kind}/export`
}
