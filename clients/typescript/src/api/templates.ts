import type { Campaign, CampaignFunnel, Template, TemplateBody, TemplatePreview, TemplatePreviewRequest, TemplateSummary } from '../deliveries.ts'
import type { Http } from '../http.ts'
import type { DeliveryChannel } from '../notifications.ts'
import type { Id, List, PageQuery } from '../types.ts'

/** The words of notifications, and how they did. Needs the role admin. */
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
  /** To oneself. */
  test = (name: string, request: { channels: DeliveryChannel[]; locale?: string; data?: Record<string, unknown> }) =>
    this.http.post<{ id: Id }>(`${path(name)}/test`, request)

  campaigns = (query: PageQuery & { since?: string; until?: string } = {}) => this.http.get<List<Campaign>>('/v1/campaigns', { ...query })
  funnel = (campaign: string, since?: string) => this.http.get<CampaignFunnel>(`/v1/campaigns/${encodeURIComponent(campaign)}`, { since })
}

const path = (name: string) => `/v1/templates/${encodeURIComponent(name)}`
