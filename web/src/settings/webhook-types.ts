import { hasMessage, type Translate } from '../i18n/i18n'

/** The events that may be chosen; `webhook.test` comes unasked. */
export const eventTypes = [
  'notification.sent', 'notification.delivered', 'notification.opened', 'notification.clicked', 'notification.converted', 'notification.failed', 'notification.unsubscribed',
  'post.created', 'post.updated', 'post.deleted',
  'crawl.started', 'crawl.finished', 'crawl.page.new', 'crawl.page.changed', 'crawl.page.gone',
] as const

/** An event in words; one that is new to us, or a pattern such as `crawl.*`, as it stands. */
export function typeText(t: Translate, type: string): string {
  const key = `webhook.type.${type}`
  return hasMessage(key) ? t(key) : type
}

/** What the form asks for; nothing chosen is all. */
export function typesOf(form: FormData): string[] {
  return form.get('which') === 'all' ? [] : form.getAll('types').map(String)
}
