import type { Preferences, Weekday } from '@madang/client'
import { Moon, Plus, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useToasts } from '../app/toasts'
import { useI18n } from '../i18n/i18n'
import { Field } from '../ui/Field'
import { useAction } from '../ui/use-action'
import { nights, type QuietRow, rowsOf, spansOf, weekdays } from './quiet'
import type { Change } from './PreferencesPage'

/** When nothing may ring, by weekday. */
export function Quiet({ preferences, onChange }: { preferences: Preferences; onChange: Change }) {
  const { t } = useI18n()
  const toasts = useToasts()
  const { busy, run } = useAction()
  const [rows, setRows] = useState<readonly QuietRow[]>(() => rowsOf(preferences.quiet_hours))
  const put = (at: number, row: QuietRow) => setRows(rows.map((each, index) => (index === at ? row : each)))
  const save = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => {
      await onChange({ quiet_hours: spansOf(rows) })
      toasts.info(t('saved'))
    })
  }
  return (
    <form className="card-form" onSubmit={save}>
      <p className="quiet-text">{t('pref.quietHint', { zone: preferences.time_zone })}</p>
      {rows.map((row, at) => (
        // The rows have no names of their own; they are only added at the end.
        <fieldset key={at} className="quiet-row">
          <legend className="visually-hidden">{t('pref.quietRow', { number: at + 1 })}</legend>
          <div className="quiet-days">{weekdays.map((day) => <Day key={day} day={day} row={row} onChange={(next) => put(at, next)} />)}</div>
          <Field label={t('pref.from')} type="time" required value={row.from} onChange={(event) => put(at, { ...row, from: event.target.value })} />
          <Field label={t('pref.to')} type="time" required value={row.to} onChange={(event) => put(at, { ...row, to: event.target.value })} />
          <button type="button" className="icon-button" aria-label={t('pref.quietRemove', { number: at + 1 })} onClick={() => setRows(rows.filter((_, index) => index !== at))}><Trash2 size={18} aria-hidden /></button>
        </fieldset>
      ))}
      {rows.length === 0 && <p className="quiet-none"><Moon size={18} aria-hidden /> {t('pref.quietNone')}</p>}
      <div className="button-row">
        <button type="button" className="button" onClick={() => setRows([...rows, nights])}><Plus size={16} aria-hidden /> {t('pref.quietAdd')}</button>
        <button className="button primary" disabled={busy}>{t('action.save')}</button>
      </div>
    </form>
  )
}

function Day({ day, row, onChange }: { day: Weekday; row: QuietRow; onChange: (row: QuietRow) => void }) {
  const { locale } = useI18n()
  // The 4th of January 1970 was a Sunday.
  const at = new Date(Date.UTC(1970, 0, 5 + weekdays.indexOf(day)))
  const name = (weekday: 'short' | 'long') => at.toLocaleDateString(locale, { weekday, timeZone: 'UTC' })
  const toggle = (on: boolean) => onChange({ ...row, days: weekdays.filter((each) => (each === day ? on : row.days.includes(each))) })
  return (
    <label className="quiet-day">
      <input type="checkbox" className="visually-hidden" checked={row.days.includes(day)} aria-label={name('long')} onChange={(event) => toggle(event.target.checked)} />
      <span aria-hidden="true">{name('short')}</span>
    </label>
  )
}
