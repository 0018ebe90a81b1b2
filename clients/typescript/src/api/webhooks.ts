import type { Http } from '../http.ts'
import type { Id, List, PageQuery } from '../types.ts'
import type { DeliveryState, NewWebhook, Webhook, WebhookDelivery } from '../webhooks.ts'

/** Who hears of events. Needs the role admin. */
export class Webhooks {
  constructor(private readonly http: Http) {}

  /** The answer alone tells the signing secret. */
  create = (webhook: NewWebhook) => this.http.post<Webhook>('/v1/webhooks', webhook)
  list = (page: PageQuery = {}) => this.http.get<List<Webhook>>('/v1/webhooks', { ...page })
  get = (id: Id) => this.http.get<Webhook>(`/v1/webhooks/${id}`)
  update = (id: Id, change: Partial<NewWebhook>) => this.http.patch<Webhook>(`/v1/webhooks/${id}`, change)
  delete = (id: Id) => this.http.delete(`/v1/webhooks/${id}`)
  /** A new secret, told by this answer alone; the old one signs beside it for a day, or as long as is said. */
  rotateSecret = (id: Id, overlap_s?: number) => this.http.post<Webhook>(`/v1/webhooks/${id}/secret`, { overlap_s })
  /** Sends it an event `webhook.test`. */
  test = (id: Id) => this.http.post<WebhookDelivery>(`/v1/webhooks/${id}/test`)

  /** Newest first. */
  deliveries = (id: Id, query: PageQuery & { state?: DeliveryState } = {}) =>
    this.http.get<List<WebhookDelivery>>(`/v1/webhooks/${id}/deliveries`, { ...query })
  /** With its data and its attempts. */
  delivery = (id: Id, delivery: Id) => this.http.get<WebhookDelivery>(`/v1/webhooks/${id}/deliveries/${delivery}`)
  resend = (id: Id, delivery: Id) => this.http.post<WebhookDelivery>(`/v1/webhooks/${id}/deliveries/${delivery}/resend`)
  /** What failed since a moment, at most 1,000 a call; `more`: call again. */
  resendFailed = (id: Id, since: string) => this.http.post<{ resent: number; more: boolean }>(`/v1/webhooks/${id}/resend`, { since })
}
