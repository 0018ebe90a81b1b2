import type { Http } from '../http.ts'
import type { Device, Id, List, PageQuery, Session, Setup, User } from '../types.ts'

export interface NewPerson {
  name: string
  password: string
  display_name?: string
  locale?: string
  time_zone?: string
}

/** Setup, sign-in, the own profile and devices, other people. */
export class Accounts {
  constructor(private readonly http: Http) {}

  setup = () => this.http.get<Setup>('/v1/setup')
  completeSetup = (first: NewPerson & { token: string; device_name?: string; cookie?: boolean }) => this.http.post<Session>('/v1/setup', first)
  register = (person: NewPerson & { invite?: string }) => this.http.post<User>('/v1/users', person)
  signIn = (login: { name: string; password: string; device_name?: string; cookie?: boolean }) =>
    this.http.post<Session>('/v1/sessions', login)
  signOut = () => this.http.delete('/v1/sessions')

  me = () => this.http.get<User>('/v1/me')
  updateMe = (change: Partial<Pick<User, 'display_name' | 'locale' | 'time_zone'>>) => this.http.patch<User>('/v1/me', change)
  changePassword = (current_password: string, new_password: string) =>
    this.http.put<void>('/v1/me/password', { current_password, new_password })

  devices = (page: PageQuery = {}) => this.http.get<List<Device>>('/v1/me/devices', { ...page })
  signOutDevice = (id: Id) => this.http.delete(`/v1/me/devices/${id}`)
  signOutOtherDevices = () => this.http.delete('/v1/me/devices')

  user = (id: Id) => this.http.get<User>(`/v1/users/${id}`)
  /** Prefix of the name or any part of the display name; an empty `q` lists everybody. */
  search = (query: PageQuery & { q?: string } = {}) => this.http.get<List<User>>('/v1/users', { ...query })
  mintToken = (user_id: Id, expires_in_s?: number) => this.http.post<Session>('/v1/tokens', { user_id, expires_in_s })
}
