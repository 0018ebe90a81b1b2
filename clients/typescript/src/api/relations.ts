import type { Http } from '../http.ts'
import type { FriendState, Id, List, PageQuery, Relation, RelationKind } from '../types.ts'

/** Friends are asked and accept; follow, mute and block are one-sided. */
export class Relations {
  constructor(private readonly http: Http) {}

  /** Asks, or accepts when the other one has asked. */
  befriend = (user: Id) => this.set('friend', user)
  /** Ends, withdraws or declines. */
  unfriend = (user: Id) => this.clear('friend', user)

  set = (kind: RelationKind, user: Id) => this.http.put<Relation>(`/v1/${kind}s/${user}`)
  clear = (kind: RelationKind, user: Id) => this.http.delete(`/v1/${kind}s/${user}`)
  list = (kind: RelationKind, query: PageQuery & { state?: FriendState } = {}) =>
    this.http.get<List<Relation>>(`/v1/${kind}s`, { ...query })
}
