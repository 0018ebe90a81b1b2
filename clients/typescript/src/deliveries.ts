/** Shapes of `/v1/queues`, `/v1/deliveries`, templates and campaigns. */
import type { DeliveryChannel } from './notifications.ts'
import type { Id } from './types.ts'

export type NotificationDeliveryState = 'waiting' | 'sending' | 'ambiguous' | 'sent' | 'delivered' | 'dead' | 'canceled' | 'expired' | 'dropped'

/** What a provider's answer means. */
export type ProviderAnswerClass =
  'ok' | 'retry' | 'retry_new_connection' | 'reauth' | 'dead_address' | 'reject' | 'config' | 'ambiguous' | 'suppressed'

export interface DeliveryAttempt {
  number: number
  at: string
  provider: string
  /** The provider was asked what became of the one before; nothing was sent. */
  look_up?: true
  class: ProviderAnswerClass
  /** The provider's own word. */
  code: string
  detail?: string
  latency_ms: number
  /** Absent after the last. */
  next_at?: string
}

/** One notification on its way to one person by one channel. */
export interface NotificationDelivery {
  id: Id
  notification_id: Id
  user_id?: Id
  category: string
  channel: DeliveryChannel
  /** The provider that sends it. */
  queue: string
  state: NotificationDeliveryState
  priority: 'high' | 'normal' | 'low'
  /** Absent when it has ended. */
  due_at?: string
  expires_at: string
  attempt: number
  /** How often it was handed over without an answer: each of these may have shown it once more. */
  ambiguous: number
  reason?: string
  message_id?: string
  /** The channel that it stands in for. */
  fallback_of?: DeliveryChannel
  created_at: string
  started_at?: string
  opened_at?: string
  finished_at?: string
  /** Left out of lists. */
  attempts?: DeliveryAttempt[]
}

export interface DeliveryFilter {
  queue?: string
  state?: NotificationDeliveryState
  channel?: DeliveryChannel
  category?: string
  notification_id?: Id
  user_id?: Id
  /** What the reason begins with. */
  reason?: string
  ambiguous?: boolean
  since?: string
  until?: string
}

export type BreakerState = 'closed' | 'open' | 'half_open'

/** The queue before one provider. Counts are of all nodes; pace, breaker and health of the node that answers. */
export interface DeliveryQueue {
  name: string
  /** False when its provider is no longer in the settings. */
  configured: boolean
  kind?: string
  channel?: DeliveryChannel
  rank?: number
  waiting: number
  sending: number
  ambiguous: number
  sent: number
  delivered: number
  dead: number
  expired: number
  dropped: number
  canceled: number
  /** For how long the first due delivery has waited. */
  oldest_age_ms?: number
  running?: number
  concurrency?: number
  sent_per_second?: number
  limit_per_second?: number
  breaker?: BreakerState
  breaker_until?: string
  /** Failed or slow hand-overs out of all, over 15 minutes. */
  illness?: number
  /** Of new deliveries that it gets: 1 for all. */
  share?: number
  paused?: QueuePause
}

export interface QueuePause {
  at: string
  reason: string
  /** `fault`: a provider said that our account or setting is wrong. */
  by: 'hand' | 'fault'
}

/** The words in one language. Every text is a template of its own; what is absent is made of title and body. */
export interface TemplateParts {
  title?: string
  body?: string
  url?: string
  email?: { subject?: string; html?: string; text?: string }
  sms?: string
  data?: Record<string, string>
}

export interface TemplateBody {
  description?: string
  default_locale: string
  /** By language. */
  parts: Record<string, TemplateParts>
}

export interface TemplateSummary {
  name: string
  /** From 1; 0 for a built-in one. */
  version: number
  description?: string
  default_locale: string
  locales: string[]
  built_in: boolean
  created_at?: string
}

/** One version; it never changes. */
export interface Template extends TemplateBody {
  name: string
  version: number
  built_in: boolean
  /** Absent for a built-in one. */
  created_at?: string
}

export interface TemplatePreviewRequest {
  /** All channels without. */
  channel?: DeliveryChannel
  locale?: string
  data?: Record<string, unknown>
  version?: number
  /** What is not saved yet. */
  parts?: Record<string, TemplateParts>
  default_locale?: string
}

export interface PushPreview {
  title: string
  body: string
  url?: string
  data: Record<string, unknown>
  size_bytes: number
}

/** What somebody would get by each channel. */
export interface TemplatePreview {
  locale: string
  version?: number
  inbox?: PushPreview
  push?: PushPreview
  email?: { subject: string; text: string; html?: string; size_bytes: number }
  /** `units`: septets of gsm7, or UTF-16 units; `left`: what the last segment still has room for. */
  sms?: { text: string; encoding: string; units: number; segments: number; left: number; size_bytes: number }
  webhook?: { body: unknown; size_bytes: number }
}

/** What became of what was sent under one name. */
export interface Funnel extends FunnelCounts {
  campaign: string
  since: string
  /** That was asked for: all figures but those of `by_channel` are of this one. */
  channel?: DeliveryChannel
  notifications: number
  /** False when there are more than were looked at: then `sent`, `delivered` and `failed` are of the newest alone. */
  complete: boolean
  /** What came without a channel, as conversions do, is in none. */
  by_channel: { channel: DeliveryChannel; counts: FunnelCounts }[]
  /** Days in UTC, ascending; those without anything are left out. Sent by the day it was to be sent, heard by the day it happened. */
  by_day: { day: string; counts: FunnelCounts }[]
}

export interface FunnelCounts {
  sent: number
  /** Those of which that is known. */
  delivered: number
  failed: number
  /** By people, as far as can be told; a click is an open. */
  opened: number
  clicked: number
  converted: number
  unsubscribed: number
  dismissed: number
  /** What mail programs and scanners did; in no other figure. */
  machine: { opened: number; clicked: number }
}
