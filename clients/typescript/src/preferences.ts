/** Shapes of what people want to hear of and where they can be reached; of categories and audiences. */
import type { DeliveryChannel } from './notifications.ts'
import type { Id, Role, User } from './types.ts'

export type PreferenceSource = 'mandatory' | 'channel' | 'mine' | 'default'

export interface PreferenceCell {
  on: boolean
  /** `mandatory`: cannot be switched off; `channel`: the channel is off for everything; `mine`: chosen; `default`: the category's own. */
  source: PreferenceSource
}

export interface PreferenceRow {
  category: string
  /** In the person's language. */
  title: string
  mandatory: boolean
  channels: Partial<Record<DeliveryChannel, PreferenceCell>>
}

export type Weekday = 'sunday' | 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday'

export interface QuietSpan {
  /** The day on which it begins. */
  day: Weekday
  /** HH:mm by the clock on the wall. */
  from: string
  /** At or before `from` is on the day after. */
  to: string
}

export interface Preferences {
  /** Whether a channel is used at all, for what is not mandatory. */
  channels: Partial<Record<DeliveryChannel, boolean>>
  muted_until?: string
  quiet_hours: QuietSpan[]
  /** The account's; a device may be elsewhere. */
  time_zone: string
  /** What was chosen, in the shape in which it is put. */
  choices: Record<string, Partial<Record<DeliveryChannel, boolean>>>
  /** What holds. */
  matrix: PreferenceRow[]
  updated_at?: string
}

/** The parts that are given replace what was there; a `muted_until` that is over ends the mute. */
export type PreferenceChange = Partial<Pick<Preferences, 'channels' | 'muted_until' | 'quiet_hours' | 'choices'>>

export type PersonalAddressKind = 'email' | 'phone'

export interface PersonalAddress {
  kind: PersonalAddressKind
  value: string
  verified_at: string
  /** Since when nothing is sent to it. */
  dead_at?: string
  dead_reason?: string
}

/** Waits for its code. */
export interface PendingAddress {
  kind: PersonalAddressKind
  value: string
  sent_at: string
  expires_at: string
}

export interface PushAddress {
  /** The device's session. */
  device_id: Id
  kind: 'apns' | 'fcm' | 'webpush'
  app?: string
  time_zone?: string
  locale?: string
  registered_at: string
  dead_at?: string
  dead_reason?: string
}

export interface Addresses {
  /** At most one of a kind. */
  addresses: PersonalAddress[]
  pending: PendingAddress[]
  devices: PushAddress[]
}

/** Where an app can be pushed to. */
export type NewPushAddress = { time_zone?: string; locale?: string } & (
  | { kind: 'apns'; token: string; app: string; environment?: 'production' | 'sandbox' }
  | { kind: 'fcm'; token: string; app?: string }
  /** `app` is the key id of {@link WebPushKey}. */
  | { kind: 'webpush'; subscription: unknown; app?: string }
)

export interface WebPushKey {
  /** The `applicationServerKey` of `pushManager.subscribe`. */
  public_key: string
  /** A browser that subscribed under another one has to subscribe again. */
  key_id: string
}

export interface CategoryRules {
  /** By language. */
  titles: Record<string, string>
  mandatory: boolean
  /** Of somebody who has chosen nothing. */
  channels: DeliveryChannel[]
  priority: 'high' | 'normal' | 'low'
  /** What becomes of a delivery that got no answer. */
  ambiguous: 'resend' | 'hold'
  /** What becomes of it in somebody's quiet hours. */
  quiet: 'defer' | 'digest' | 'drop' | 'ignore'
  per_hour?: number
  per_day?: number
  /** What comes within this time is gathered into one. */
  digest_window_ms?: number
  ttl_ms: number
  /** Unopened on one channel after that time, it goes out by the other. */
  fallback?: { from: DeliveryChannel; after_ms: number; to: DeliveryChannel }
}

export interface Category extends CategoryRules {
  name: string
  /** Deleting it brings it back as it was made. */
  built_in: boolean
}

/** Which accounts belong to a segment: those that fit every part. */
export interface SegmentRule {
  /** `ko` is `ko` and `ko-KR`. */
  locales?: string[]
  roles?: Role[]
  created_after?: string
  created_before?: string
  time_zones?: string[]
}

export interface Audience {
  name: string
  kind: 'topic' | 'segment'
  title: string
  /** Whether people may join and leave a topic by themselves. */
  open?: boolean
  rule?: SegmentRule
  /** How many are in a topic; absent in lists. */
  people?: number
  created_at: string
  updated_at: string
}

export type NewAudience = Pick<Audience, 'name' | 'kind' | 'title' | 'open' | 'rule'>

/** Somebody in a topic. */
export type AudienceMember = Pick<User, 'id' | 'name' | 'display_name' | 'disabled'>

export interface Reach {
  /** Accounts; what each of them wants is decided when it is planned. */
  count: number
  /** There are more than were looked at. */
  more: boolean
}

/** A topic as a person sees it. */
export interface Topic {
  name: string
  title: string
  joined: boolean
  open: boolean
}

export interface Suppression {
  id: Id
  kind: PersonalAddressKind
  value: string
  reason: string
  created_at: string
}
