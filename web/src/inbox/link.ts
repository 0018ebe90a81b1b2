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
