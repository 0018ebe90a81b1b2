import { type FormEvent, useState } from 'react'
import { useI18n } from '../i18n/i18n'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** Asks when something is to be published, in the reader's own time. */
export function TimeDialog({ start, busy, onDone, onClose }: { start?: string; busy: boolean; onDone: (at: Date) => void; onClose: () => void }) {
  const { t } = useI18n()
  const [value, setValue] = useState(() => localTime(start === undefined ? new Date(Date.now() + HOUR_MS) : new Date(start)))
  const [error, setError] = useState<string>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const at = new Date(value)
    if (Number.isNaN(at.getTime()) || at.getTime() <= Date.now()) setError(t('draft.timePast'))
    else onDone(at)
  }
  return (
    <Dialog title={t('draft.schedule')} onClose={onClose}>
      <form className="dialog-form" onSubmit={submit} noValidate>
        <Field label={t('draft.time')} hint={t('draft.timeHint', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })} error={error} type="datetime-local" value={value} min={localTime(new Date(Date.now() + MINUTE_MS))} data-autofocus onChange={(event) => setValue(event.target.value)} />
        <div className="button-row"><button className="button primary" disabled={busy || value === ''}>{t('draft.schedule')}</button></div>
      </form>
    </Dialog>
  )
}

/** As the browser's field wants it: the clock on the wall, to the minute. */
function localTime(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16)
}
