import type { DeliveryFilter, DeliveryQueue, NotificationDelivery, QueuePause } from '../deliveries.ts'
import type { Http } from '../http.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** What stands before the providers, dead letters and doubts. Needs the role admin. */
export class Deliveries {
  constructor(private readonly http: Http) {}

  queues = () => this.http.get<List<DeliveryQueue>>('/v1/queues')
  /** On all nodes; what waits stays. */
  pause = (queue: string, reason?: string) => this.http.post<QueuePause>(`/v1/queues/${encodeURIComponent(queue)}/pause`, { reason })
  resume = (queue: string) => this.http.post<void>(`/v1/queues/${encodeURIComponent(queue)}/resume`)

  /** Newest first; without a state and a notification those that are dead or expired. */
  list = ({ ambiguous, ...query }: PageQuery & DeliveryFilter = {}) =>
    this.http.get<List<NotificationDelivery>>('/v1/deliveries', { ...query, ambiguous: ambiguous === undefined ? undefined : String(ambiguous) })
  /** With every attempt. */
  get = (id: Id) => this.http.get<NotificationDelivery>(`/v1/deliveries/${id}`)
  /** Lets dead and expired ones wait again, at most 10,000 a call; `dry_run` only counts. */
  replay = (filter: DeliveryFilter, dry_run = false) => this.http.post<{ count: number; more: boolean }>('/v1/deliveries/replay', { filter, dry_run })
  /** Of an ambiguous one: it has arrived, or it is sent again. */
  resolve = (id: Id, arrived: boolean) => this.http.post<NotificationDelivery>(`/v1/deliveries/${id}/resolve`, { arrived })
}
