import { type TextareaHTMLAttributes, useId } from 'react'
import { fieldText } from '../i18n/error-text'
import { hasMessage, type Translate, useI18n } from '../i18n/i18n'
import { Field } from '../ui/Field'
import { defaults, faultsOf, type NumberField as Name } from './form'

interface Refusable {
  label: string
  hint?: string
  /** What the server answered. */
  error: unknown
}

export function NumberField({ name, error, step, ...field }: Refusable & { name: Name; step?: string }) {
  const { t } = useI18n()
  return <Field {...field} name={name} type="number" inputMode="decimal" min={0} step={step} defaultValue={defaults[name]} error={fieldText(t, error, name)} />
}

type AreaProps = Refusable & { name: string; sent: readonly string[] | undefined } & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'name'>

/** One entry a line; a refusal names the entries that it means, as they were sent. */
export function AreaField({ label, hint, name, error, sent, ...area }: AreaProps) {
  const { t } = useI18n()
  const id = useId()
  const faults = faultsOf(error, name)
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-box area">
        <textarea id={id} name={name} spellCheck={false} autoCapitalize="none" aria-invalid={faults.length > 0 ? true : undefined} aria-describedby={`${id}-note`} {...area} />
      </div>
      <div id={`${id}-note`}>
        {faults.length === 0 && hint && <p className="field-note">{hint}</p>}
        <ul>
          {faults.map(({ index, fault }) => {
            const text = invalidText(t, fault.code)
            const entry = index === undefined ? undefined : sent?.[index]
            return <li key={`${fault.field} ${fault.code}`} className="field-note error">{entry === undefined ? text : t('crawl.form.entry', { entry, text })}</li>
          })}
        </ul>
      </div>
    </div>
  )
}

function invalidText(t: Translate, code: string): string {
  const key = `invalid.${code}`
  return hasMessage(key) ? t(key) : t('invalid.invalid')
}
