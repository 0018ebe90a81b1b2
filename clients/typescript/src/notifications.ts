/** Shapes of the in-app inbox, of sending, and of explaining what was sent. */
import type { NotificationDeliveryState, ProviderAnswerClass } from './deliveries.ts'
import type { Id, List } from './types.ts'

export type DeliveryChannel = 'inbox' | 'push' | 'email' | 'sms' | 'webhook'

/** Something in the in-app inbox, in the reader's language. */
export interface InboxItem {
  id: Id
  notification_id: Id
  category: string
  title: string
  body: string
  url?: string
  /** What the sender gave for the app. */
  data: Record<string, unknown>
  /** A newer item with the same key takes the place of this one. */
  collapse_key?: string
  read: boolean
  created_at: string
}

export interface Badge {
  /** Unread, to 1,000 at most. */
  count: number
  /** Grows with every change: a badge with a lower one is older. */
  version: number
}

export interface InboxPage extends List<InboxItem> {
  badge: Badge
}

/** Of `notification.created` and `notification.updated`: the item, or its id alone where it is gone. */
export interface InboxChange {
  id: Id
  deleted?: true
  item?: InboxItem
  badge: Badge
}

/** Of `notification.read`: everything up to an item, or one. */
export interface InboxRead {
  up_to?: Id
  id?: Id
  badge: Badge
}

/** Exactly one of the four. */
export interface Recipients {
  user_ids?: Id[]
  /** The name of a topic or a segment. */
  audience?: string
  all?: true
  /** Outside of every account: one of the three. */
  address?: { email?: string; phone?: string; url?: string }
}

export interface NotificationContent {
  title: string
  body: string
  url?: string
}

export interface NewNotification {
  /** The sender's own name for it: the same one twice is one notification. */
  event_id?: string
  category: string
  /** The name of a stored template; or else `content`. */
  template?: string
  content?: NotificationContent
  to: Recipients
  /** Without it the category and the people decide. */
  channels?: DeliveryChannel[]
  /** The variables of the template, and what the app gets beside the words. */
  data?: Record<string, unknown>
  send_at?: string
  /** Seconds. */
  ttl?: number
  collapse_key?: string
}

export interface AcceptedNotification {
  id: Id
  event_id?: string
  send_at: string
  expires_at: string
  created_at: string
}

/** 202: accepted; 200: accepted before; else what the refusal says. */
export interface BulkResult {
  status: number
  notification?: AcceptedNotification
  error?: { code: string; status: number; detail?: string; errors?: { field: string; code: string; detail?: string }[] }
}

export type NotificationState = 'accepted' | 'planning' | 'planned' | 'canceled' | 'expired'

export interface SentNotification {
  id: Id
  event_id?: string
  sender_id?: Id
  category: string
  template?: string
  template_version?: number
  content?: NotificationContent
  /** A list of more than 100 people is cut. */
  to: Recipients
  channels?: DeliveryChannel[]
  data: Record<string, unknown>
  collapse_key?: string
  send_at: string
  expires_at: string
  state: NotificationState
  /** How many people were decided on. */
  people: number
  created_at: string
}

export type DecisionRule =
  'recipient' | 'preference' | 'mute' | 'quiet_hours' | 'limit' | 'digest' | 'address' | 'route' | 'time_to_live' | 'template'

export type DecisionOutcome = 'send' | 'drop' | 'defer' | 'digest'

export interface PlanDecision {
  rule: DecisionRule
  /** Absent when it holds for all. */
  channel?: DeliveryChannel
  outcome: DecisionOutcome
  /** What the rule went by. */
  inputs: Record<string, unknown>
}

export interface ExplainedAttempt {
  at: string
  provider: string
  /** It was asked what became of the one before; nothing was sent. */
  look_up?: true
  class: ProviderAnswerClass
  /** The provider's own word. */
  code: string
  detail?: string
  latency_ms: number
  next_at?: string
}

export interface ExplainedDelivery {
  id: Id
  channel: DeliveryChannel
  /** Absent for the inbox. */
  provider?: string
  state: NotificationDeliveryState
  reason?: string
  message_id?: string
  /** When it is tried next. */
  due_at?: string
  finished_at?: string
  opened_at?: string
  /** How often it was handed over without an answer. */
  ambiguous: number
  fallback_of?: DeliveryChannel
  attempts: ExplainedAttempt[]
}

export interface PersonExplanation {
  /** Absent for an address outside of every account. */
  user_id?: Id
  /** Absent while nothing is decided. */
  decided_at?: string
  decisions: PlanDecision[]
  item?: { id: Id; present: boolean; read: boolean }
  deliveries: ExplainedDelivery[]
}

export interface NotificationExplanation {
  notification: SentNotification
  totals: { channel: DeliveryChannel; state: NotificationDeliveryState; count: number }[]
  /** False when there are more than were counted. */
  totals_complete: boolean
  /** Of the person asked about; of the only one it goes to without asking. */
  person?: PersonExplanation
}
