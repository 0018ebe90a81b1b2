import type { Funnel, FunnelCounts } from '@madang/client'
import type { Locale } from '../i18n/messages'

const DAY_MS = 86_400_000
const MOST = 400
const nothing: FunnelCounts = { sent: 0, delivered: 0, failed: 0, opened: 0, clicked: 0, converted: 0, unsubscribed: 0, dismissed: 0, machine: { opened: 0, clicked: 0 } }

/** Every day of the span in UTC, those without anything too, to today or to the last that has something. */
export function daysOf({ since, by_day }: Pick<Funnel, 'since' | 'by_day'>, now = Date.now()): { day: string; counts: FunnelCounts }[] {
  const told = new Map(by_day.map(({ day, counts }) => [day, counts]))
  const first = Math.floor(Date.parse(since) / DAY_MS)
  const last = Math.max(Math.floor(now / DAY_MS), ...by_day.map(({ day }) => Date.parse(day) / DAY_MS))
  return Array.from({ length: Math.min(MOST, Math.max(1, last - first + 1)) }, (_, at) => {
    const day = new Date((first + at) * DAY_MS).toISOString().slice(0, 10)
    return { day, counts: told.get(day) ?? nothing }
  })
}

/** "3 Nov", "11월 3일". */
export const dayName = (day: string, locale: Locale) => (day === '' ? '' : new Date(day).toLocaleDateString(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' }))
