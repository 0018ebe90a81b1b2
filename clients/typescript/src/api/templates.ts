import type { Funnel, Template, TemplateBody, TemplatePreview, TemplatePreviewRequest, TemplateSummary } from '../deliveries.ts'
import type { Http } from '../http.ts'
import type { AcceptedNotification, DeliveryChannel, Recipients } from '../notifications.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** The words of notifications, and how they did. Read by senders, written by admins. */
export class Templates {
  constructor(private readonly http: Http) {}

  list = (page: PageQuery = {}) => this.http.get<List<TemplateSummary>>('/v1/templates', { ...page })
  /** The newest version, or that one. */
  get = (name: string, version?: number) => this.http.get<Template>(path(name), { version })
  /** Newest first. */
  versions = (name: string, page: PageQuery = {}) => this.http.get<List<TemplateSummary>>(`${path(name)}/versions`, { ...page })
  /** A new version; what was accepted before keeps its own. */
  put = (name: string, body: TemplateBody) => this.http.put<Template>(path(name), body)
  delete = (name: string) => this.http.delete(path(name))
  preview = (name: string, request: TemplatePreviewRequest) => this.http.post<TemplatePreview>(`${path(name)}/preview`, request)
  /** To oneself, or to one person or address. */
  test = (name: string, request: { to?: Recipients; category?: string; channels?: DeliveryChannel[]; data?: Record<string, unknown> } = {}) =>
    this.http.post<AcceptedNotification>(`${path(name)}/test`, request)

  /** Of the last 30 days, or as many as are said. */
  funnel = (campaign: string, days?: number, channel?: DeliveryChannel) => this.http.get<Funnel>('/v1/funnels', { campaign, days, channel })
  /** Somebody did what a notification was for: `purchase`. */
  converted = (notification_id: Id, name: string, user_id?: Id) => this.http.post<void>('/v1/conversions', { notification_id, name, user_id })
}

const path = (name: string) => `/v1/templates/${encodeURIComponent(name)}`
