import type { Badge, Id, InboxChange, InboxItem, InboxPage, InboxRead } from '@madang/client'

export type Filter = 'all' | 'unread'

export interface Listed {
  items: readonly InboxItem[]
  /** Where the next page begins; null at the true end, undefined before the first. */
  next?: string | null
}

export interface InboxState {
  badge: Badge
  lists: Readonly<Record<Filter, Listed>>
  /** The newest that came while this window looked on. */
  latest?: InboxItem
}

export const emptyInbox: InboxState = { badge: { count: 0, version: 0 }, lists: { all: { items: [] }, unread: { items: [] } } }

/** Answers overtake each other: the greater version is the newer one. */
export const newer = (one: Badge, other: Badge): Badge => (other.version >= one.version ? other : one)

export function withPage(state: InboxState, filter: Filter, page: InboxPage, goesOn: boolean): InboxState {
  const items = goesOn ? merged(state.lists[filter].items, page.items) : page.items
  return { ...state, badge: newer(state.badge, page.badge), lists: { ...state.lists, [filter]: { items, next: page.next } } }
}

export function withChange(state: InboxState, { id, item, badge }: InboxChange, isNew: boolean): InboxState {
  const lists = map(state.lists, (listed, filter) => {
    const others = listed.items.filter((each) => each.id !== id && (item?.collapse_key === undefined || each.collapse_key !== item.collapse_key))
    return { ...listed, items: item && (filter === 'all' || !item.read) ? merged(others, [item]) : others }
  })
  return { ...state, badge: newer(state.badge, badge), lists, latest: isNew && item && !item.read ? item : state.latest }
}

export function withRead(state: InboxState, { up_to, id, badge }: InboxRead): InboxState {
  const isRead = (item: InboxItem) => item.id === id || (up_to !== undefined && !after(item.id, up_to))
  const lists = map(state.lists, (listed, filter) => ({
    ...listed,
    items: filter === 'unread' ? listed.items.filter((item) => !isRead(item)) : listed.items.map((item) => (isRead(item) ? { ...item, read: true } : item)),
  }))
  return { ...state, badge: newer(state.badge, badge), lists }
}

/** Newest first, each once. */
function merged(items: readonly InboxItem[], more: readonly InboxItem[]): InboxItem[] {
  const all = new Map([...items, ...more].map((item) => [item.id, item]))
  return [...all.values()].sort((a, b) => (after(a.id, b.id) ? -1 : 1))
}

/** Ids are numbers of up to 19 digits. */
const after = (a: Id, b: Id) => BigInt(a) > BigInt(b)

function map(lists: InboxState['lists'], change: (listed: Listed, filter: Filter) => Listed): InboxState['lists'] {
  return { all: change(lists.all, 'all'), unread: change(lists.unread, 'unread') }
}
