import type { Http } from '../http.ts'
import type { ApiKey, Id, Invite, List, PageQuery, Role, User } from '../types.ts'

/** Needs the role admin. */
export class Admin {
  constructor(private readonly http: Http) {}

  invites = (page: PageQuery = {}) => this.http.get<List<Invite>>('/v1/admin/invites', { ...page })
  createInvite = (invite: { max_uses?: number; expires_at?: string } = {}) =>
    this.http.post<Invite>('/v1/admin/invites', invite)
  deleteInvite = (id: Id) => this.http.delete(`/v1/admin/invites/${id}`)

  apiKeys = (page: PageQuery = {}) => this.http.get<List<ApiKey>>('/v1/admin/api-keys', { ...page })
  createApiKey = (key: { name: string; role: Role; expires_at?: string }) =>
    this.http.post<ApiKey>('/v1/admin/api-keys', key)
  deleteApiKey = (id: Id) => this.http.delete(`/v1/admin/api-keys/${id}`)

  createUser = (user: { name: string; password?: string; display_name?: string; locale?: string; time_zone?: string }) =>
    this.http.post<User>('/v1/users', user)
  updateUser = (id: Id, change: { role?: Role; disabled?: boolean }) =>
    this.http.patch<User>(`/v1/admin/users/${id}`, change)
  setPassword = (id: Id, new_password: string) => this.http.put<void>(`/v1/admin/users/${id}/password`, { new_password })
  signOutUser = (id: Id) => this.http.delete(`/v1/admin/users/${id}/sessions`)
}
