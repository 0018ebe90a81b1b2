import type { Http } from '../http.ts'
import type { AcceptedNotification, BulkResult, NewNotification, NotificationExplanation, NotificationState, SentNotification } from '../notifications.ts'
import type { Addresses, Audience, AudienceMember, Category, CategoryRules, NewAudience, PersonalAddress, PersonalAddressKind, Preferences, Reach, Suppression } from '../preferences.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** Sending, and what became of it. For servers, moderators and admins; what is set up here needs an admin. */
export class Notifications {
  constructor(private readonly http: Http) {}

  send = (notification: NewNotification) => this.http.post<AcceptedNotification>('/v1/notifications', notification)
  /** At most 1,000; one result for each, in order. */
  sendMany = async (notifications: readonly NewNotification[]) =>
    (await this.http.post<{ items: BulkResult[] }>('/v1/notifications/bulk', { notifications })).items
  /** Newest first; a page may be short and still not the last. */
  list = (query: PageQuery & { category?: string; state?: NotificationState; user_id?: Id; since?: string } = {}) =>
    this.http.get<List<SentNotification>>('/v1/notifications', { ...query })
  /** With every decision and attempt about one person. */
  explain = (id: Id, user_id?: Id) => this.http.get<NotificationExplanation>(`/v1/notifications/${id}`, { user_id })
  /** Nobody else gets it. */
  cancel = (id: Id) => this.http.post<SentNotification>(`/v1/notifications/${id}/cancel`)

  categories = () => this.http.get<List<Category>>('/v1/admin/categories')
  category = (name: string) => this.http.get<Category>(categoryPath(name))
  /** What is absent gets its default. */
  putCategory = (name: string, rules: Partial<CategoryRules>) => this.http.put<Category>(categoryPath(name), rules)
  /** A built-in one stands again as it was made. */
  deleteCategory = (name: string) => this.http.delete(categoryPath(name))

  createAudience = (audience: NewAudience) => this.http.post<Audience>('/v1/admin/audiences', audience)
  audiences = (page: PageQuery = {}) => this.http.get<List<Audience>>('/v1/admin/audiences', { ...page })
  audience = (name: string) => this.http.get<Audience>(audiencePath(name))
  updateAudience = (name: string, change: Partial<Pick<Audience, 'title' | 'open' | 'rule'>>) => this.http.patch<Audience>(audiencePath(name), change)
  deleteAudience = (name: string) => this.http.delete(audiencePath(name))
  /** How many accounts an audience has now, or everybody without one: asked before sending. */
  reach = (audience?: string) => this.http.get<Reach>('/v1/notifications/reach', { audience })
  /** The people of a topic. */
  members = (name: string, page: PageQuery = {}) => this.http.get<List<AudienceMember>>(`${audiencePath(name)}/members`, { ...page })
  /** At most 10,000 of each. */
  moveMembers = (name: string, move: { add?: readonly Id[]; remove?: readonly Id[] }) =>
    this.http.post<{ added: number; removed: number }>(`${audiencePath(name)}/members`, move)

  suppressions = (query: PageQuery & { value?: string } = {}) => this.http.get<List<Suppression>>('/v1/admin/suppressions', { ...query })
  suppress = (kind: PersonalAddressKind, value: string, reason?: string) => this.http.post<void>('/v1/admin/suppressions', { kind, value, reason })
  unsuppress = (id: Id) => this.http.delete(`/v1/admin/suppressions/${id}`)

  preferencesOf = (user: Id) => this.http.get<Preferences>(`/v1/admin/users/${user}/preferences`)
  addressesOf = (user: Id) => this.http.get<Addresses>(`/v1/admin/users/${user}/addresses`)
  putAddressOf = (user: Id, kind: PersonalAddressKind, value: string) => this.http.put<PersonalAddress>(`/v1/admin/users/${user}/addresses/${kind}`, { value })
  deleteAddressOf = (user: Id, kind: PersonalAddressKind) => this.http.delete(`/v1/admin/users/${user}/addresses/${kind}`)
}

const categoryPath = (name: string) => `/v1/admin/categories/${encodeURIComponent(name)}`
const audiencePath = (name: string) => `/v1/admin/audiences/${encodeURIComponent(name)}`
