import { useI18n } from '../i18n/i18n'
import { Field } from '../ui/Field'

const sizes = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const
type Unit = keyof typeof sizes
const units = Object.keys(sizes) as Unit[]

/** The largest unit that it is a whole number of. */
export const unitOf = (ms: number | undefined): Unit => (ms === undefined ? 'hours' : ([...units].reverse().find((unit) => ms % sizes[unit] === 0) ?? 'minutes'))

interface DurationFieldProps {
  label: string
  hint?: string
  name: string
  ms?: number
  error?: string
}

/** A number and its unit; empty is no duration. */
export function DurationField({ ms, name, label, ...field }: DurationFieldProps) {
  const { t } = useI18n()
  const unit = unitOf(ms)
  const choice = (
    <select className="compact" name={`${name}_unit`} aria-label={t('notify.unit', { name: label })} defaultValue={unit}>
      {units.map((each) => <option key={each} value={each}>{t(`notify.unit.${each}`)}</option>)}
    </select>
  )
  return <Field {...field} label={label} name={name} type="number" inputMode="decimal" min={0} step="any" defaultValue={ms === undefined ? '' : ms / sizes[unit]} after={choice} />
}

/** In milliseconds; undefined where nothing was written. */
export function durationOf(form: FormData, name: string): number | undefined {
  const text = String(form.get(name) ?? '').trim()
  const unit = units.find((each) => each === form.get(`${name}_unit`)) ?? 'hours'
  return text === '' ? undefined : Math.round(Number(text) * sizes[unit])
}
