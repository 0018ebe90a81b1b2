import type { QuietSpan, Weekday } from '@madang/client'

/** Quiet hours as they are edited: the same hours on some days. */
export interface QuietRow {
  days: readonly Weekday[]
  from: string
  to: string
}

export const weekdays: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

export const nights: QuietRow = { days: weekdays, from: '22:00', to: '07:00' }

export function rowsOf(spans: readonly QuietSpan[]): QuietRow[] {
  const rows = new Map<string, QuietRow>()
  for (const { day, from, to } of spans) {
    const row = rows.get(`${from} ${to}`)
    rows.set(`${from} ${to}`, { from, to, days: weekdays.filter((each) => each === day || row?.days.includes(each)) })
  }
  return [...rows.values()]
}

export const spansOf = (rows: readonly QuietRow[]): QuietSpan[] => rows.flatMap(({ days, from, to }) => days.map((day) => ({ day, from, to })))
