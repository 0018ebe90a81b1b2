import type { Locale } from './messages'
import type { Translate } from './i18n'

const DAY_MS = 86_400_000

/** Days are counted in the reader's own zone. */
export function dayKey(at: string | Date): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

export function clockText(at: string, locale: Locale): string {
  return new Date(at).toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' })
}

export function dayText(at: string, locale: Locale, t: Translate, now = new Date()): string {
  if (dayKey(at) === dayKey(now)) return t('time.today')
  if (dayKey(at) === dayKey(new Date(now.getTime() - DAY_MS))) return t('time.yesterday')
  const date = new Date(at)
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return date.toLocaleDateString(locale, { year, month: 'long', day: 'numeric', weekday: 'long' })
}

/** Short enough for a list: the time today, else the day. */
export function shortText(at: string, locale: Locale, t: Translate, now = new Date()): string {
  if (dayKey(at) === dayKey(now)) return clockText(at, locale)
  if (dayKey(at) === dayKey(new Date(now.getTime() - DAY_MS))) return t('time.yesterday')
  const date = new Date(at)
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return date.toLocaleDateString(locale, { year, month: 'short', day: 'numeric' })
}

/** To the second, where several things happen in one minute. */
export function exactText(at: string, locale: Locale): string {
  return new Date(at).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' })
}

export function fullText(at: string, locale: Locale): string {
  return new Date(at).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' })
}
