import type { Http } from '../http.ts'
import type { Badge, InboxPage } from '../notifications.ts'
import type { Addresses, NewPushAddress, PendingAddress, PersonalAddress, PersonalAddressKind, PreferenceChange, Preferences, PushAddress, Topic, WebPushKey } from '../preferences.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** The own in-app inbox, and what of it goes where. */
export class Inbox {
  constructor(private readonly http: Http) {}

  /** Newest first. */
  list = (query: PageQuery & { unread?: boolean } = {}) =>
    this.http.get<InboxPage>('/v1/me/notifications', { ...query, unread: query.unread === true ? 'true' : undefined })
  badge = () => this.http.get<Badge>('/v1/me/notifications/badge')
  /** Everything up to an item. */
  readUpTo = (up_to: Id) => this.http.put<Badge>('/v1/me/notifications/read', { up_to })
  /** At most 100. */
  read = (ids: readonly Id[]) => this.http.put<Badge>('/v1/me/notifications/read', { ids })
  delete = (id: Id) => this.http.delete(`/v1/me/notifications/${id}`)

  /** What became of it on this device. */
  report = (notification: Id, type: 'delivered' | 'opened' | 'clicked' | 'dismissed') => this.http.post<void>(`/v1/notifications/${notification}/events`, { type })

  preferences = () => this.http.get<Preferences>('/v1/me/preferences')
  updatePreferences = (change: PreferenceChange) => this.http.put<Preferences>('/v1/me/preferences', change)

  addresses = () => this.http.get<Addresses>('/v1/me/addresses')
  /** Sends a code there. */
  beginAddress = (kind: PersonalAddressKind, value: string) => this.http.put<PendingAddress>(`/v1/me/addresses/${kind}`, { value })
  /** Tells the code; the address replaces the one before. */
  verifyAddress = (kind: PersonalAddressKind, code: string) => this.http.post<PersonalAddress>(`/v1/me/addresses/${kind}/verification`, { code })
  /** Also what waits for its code. */
  deleteAddress = (kind: PersonalAddressKind) => this.http.delete(`/v1/me/addresses/${kind}`)

  pushKey = () => this.http.get<WebPushKey>('/v1/push/webpush-key')
  putPush = (push: NewPushAddress, device: Id | 'current' = 'current') => this.http.put<PushAddress>(`/v1/me/devices/${device}/push`, push)
  deletePush = (device: Id | 'current' = 'current') => this.http.delete(`/v1/me/devices/${device}/push`)

  topics = (page: PageQuery = {}) => this.http.get<List<Topic>>('/v1/me/topics', { ...page })
  joinTopic = (name: string) => this.http.put<Topic>(`/v1/me/topics/${encodeURIComponent(name)}`)
  /** The server answers with the topic as it is now. */
  leaveTopic = (name: string) => this.http.json<Topic>('DELETE', `/v1/me/topics/${encodeURIComponent(name)}`)
}
