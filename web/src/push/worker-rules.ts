/** What the service worker goes by, without the platform around it. */
import type { Badge } from '@madang/client'

/** The server's push, in the shape of Declarative Web Push. */
export interface PushMessage {
  title: string
  body: string
  lang?: string
  /** The collapse key: a newer one takes the place of the older on the screen. */
  tag?: string
  navigate?: string
  badge?: Badge
  notificationId?: string
  deliveryId?: string
  /** Proves which delivery it was, of a digest too and when nobody is signed in. */
  token?: string
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {})

/** Undefined for what is not ours: something has to be shown even so. */
export function readPush(payload: unknown): PushMessage | undefined {
  const told = record(record(payload)['notification'])
  const data = record(told['data'])
  const title = text(told['title']) ?? text(told['body'])
  if (title === undefined) return undefined
  const count = Number(told['app_badge'])
  const version = Number(data['badge_version'])
  return {
    title,
    body: text(told['title']) === undefined ? '' : (text(told['body']) ?? ''),
    lang: text(told['lang']),
    tag: text(told['tag']),
    navigate: text(told['navigate']) ?? roomOf(data),
    badge: Number.isSafeInteger(count) && Number.isSafeInteger(version) && told['app_badge'] !== undefined ? { count, version } : undefined,
    notificationId: text(data['notification_id']),
    deliveryId: text(data['delivery_id']),
    token: text(data['token']),
  }
}

/** Without an address of its own the server gives no link, and a message leads to its room all the same. */
function roomOf(data: Record<string, unknown>): string | undefined {
  const room = text(record(data['app'])['room_id'])
  return room === undefined ? undefined : `/rooms/${encodeURIComponent(room)}`
}

/** A push that comes late does not bring back a badge that has gone since. */
export const isNewer = (known: Badge | undefined, told: Badge): boolean => known === undefined || told.version > known.version

/** Where a click leads: within the app by its path, elsewhere by a window of its own; the inbox without. */
export function clickTarget(navigate: string | undefined, origin: string): { path: string } | { href: string } {
  const inbox = { path: '/inbox' }
  if (navigate === undefined) return inbox
  try {
    const url = new URL(navigate, origin)
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return inbox
    // Counted links are the server's to answer.
    return url.origin === origin && !url.pathname.startsWith('/t/') ? { path: url.pathname + url.search + url.hash } : { href: url.href }
  } catch {
    return inbox
  }
}
