import type { InboxItem } from '@madang/client'
import { webHref } from '../crawl/text'

/** Where a tap leads: a page of this app, an address elsewhere, or nowhere. */
export interface Target {
  to?: string
  href?: string
}

/** The words of a notification come from anybody who may send: only paths of ours and web addresses are followed. */
export function targetOf(url: string | undefined, origin = location.origin): Target {
  if (url === undefined || url === '') return {}
  const isPath = url.startsWith('/') && !/^\/[/\\]/.test(url)
  const href = isPath ? origin + url : webHref(url)
  if (href === undefined) return {}
  const { origin: of, pathname, search, hash } = new URL(href)
  // Counted links are the server's own; the app knows no such page.
  return of === origin && !pathname.startsWith('/t/') ? { to: pathname + search + hash } : { href }
}

/** Where a notification leads. A server that was not told its own address names none, but what the notification is about has a page here. */
export function leadOf({ url, data }: Pick<InboxItem, 'url' | 'data'>): Target {
  if (url !== undefined && url !== '') return targetOf(url)
  const post = idOf(data['item_id']) ?? idOf(data['post_id'])
  if (post !== undefined) return { to: `/posts/${post}` }
  const people: unknown[] = Array.isArray(data['user_ids']) ? data['user_ids'] : []
  const person = data['kind'] === 'follow' ? idOf(people[0]) : undefined
  return person === undefined ? {} : { to: `/people/${person}` }
}

const idOf = (value: unknown) => (typeof value === 'string' && /^\d{1,19}$/.test(value) ? value : undefined)
