/** Shapes of `/v1/webhooks`. */
import type { Id } from './types.ts'

export interface NewWebhook {
  url: string
  description?: string
  /** Types of events, or `crawl.*` for all that begin so; none for all there are. */
  types?: string[]
  enabled?: boolean
}

export interface Webhook {
  id: Id
  url: string
  description?: string
  /** Empty when it hears of everything. */
  types: string[]
  enabled: boolean
  /** Why it is switched off: by an admin, because it answered 410, because nothing arrived for too long. */
  disabled_reason?: 'admin' | 'gone' | 'failing'
  /** Since when nothing has arrived. */
  failing_since?: string
  /** Told once: by the answer that made it. */
  secret?: string
  /** Until when the secret before it signs too. */
  old_secret_until?: string
  created_at: string
  updated_at: string
}

export type DeliveryState = 'waiting' | 'delivered' | 'failed'

/** One event on its way to one webhook. */
export interface WebhookDelivery {
  id: Id
  /** The same for every webhook; `msg_` and this is the header webhook-id. */
  event_id: Id
  type: string
  state: DeliveryState
  attempts: number
  /** Of the last attempt: what was answered, or why no answer came. */
  status?: number
  fault?: string
  created_at: string
  last_attempt_at?: string
  /** Left out of lists. */
  data?: Record<string, unknown>
  /** The last 50, newest first; left out of lists. */
  attempt_log?: { at: string; status?: number; fault?: string; latency_ms: number; response?: string }[]
}
