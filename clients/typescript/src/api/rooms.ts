import type { Http } from '../http.ts'
import type { AnyMessage, Id, List, Member, Message, PageQuery, ReadMark, Room, RoomRole } from '../types.ts'

export interface NewMessage {
  /** Unique per sender; a repeat returns the first message. 1…64 printable ASCII. */
  client_id: string
  /** 1…16,384 bytes of UTF-8. */
  text: string
  reply_to?: number
}

export interface HistoryQuery {
  before?: number | string
  after?: number | string
  around?: number | string
  limit?: number
}

export class Rooms {
  constructor(private readonly http: Http) {}

  list = (page: PageQuery = {}) => this.http.get<List<Room>>('/v1/rooms', { ...page })
  get = (id: Id) => this.http.get<Room>(`/v1/rooms/${id}`)
  create = (room: { kind: 'direct' | 'group'; user_ids: Id[]; title?: string; client_id?: string }) =>
    this.http.post<Room>('/v1/rooms', room)
  rename = (id: Id, title: string) => this.http.patch<Room>(`/v1/rooms/${id}`, { title })

  addMember = (id: Id, user: Id, role?: RoomRole) => this.http.put<Member>(`/v1/rooms/${id}/members/${user}`, { role })
  removeMember = (id: Id, user: Id) => this.http.delete(`/v1/rooms/${id}/members/${user}`)

  post = (id: Id, message: NewMessage) => this.http.post<Message>(`/v1/rooms/${id}/messages`, message)
  /** Ascending by seq; `prev` and `next` are the seqs for `before` and `after`, null at the true end. */
  history = (id: Id, query: HistoryQuery = {}) =>
    this.http.get<List<AnyMessage>>(`/v1/rooms/${id}/messages`, { ...query })
  read = (id: Id, seq: number) => this.http.put<ReadMark>(`/v1/rooms/${id}/read`, { seq })
  typing = (id: Id) => this.http.post<void>(`/v1/rooms/${id}/typing`)
}
