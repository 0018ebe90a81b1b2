import { Eye, EyeOff } from 'lucide-react'
import { type InputHTMLAttributes, type ReactNode, useId, useState } from 'react'
import { useI18n } from '../i18n/i18n'

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string
  hint?: string
  error?: string
  after?: ReactNode
}

/** A labelled input; hint and error are read with it. */
export function Field({ label, hint, error, after, ...input }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        <input id={id} aria-invalid={error ? true : undefined} aria-describedby={error || hint ? `${id}-note` : undefined} {...input} />
        {after}
      </div>
      {(error ?? hint) && <p id={`${id}-note`} className={error ? 'field-note error' : 'field-note'}>{error ?? hint}</p>}
    </div>
  )
}

export function PasswordField(props: Omit<FieldProps, 'type' | 'after'>) {
  const { t } = useI18n()
  const [shown, setShown] = useState(false)
  const toggle = (
    <button type="button" className="icon-button small" aria-label={t(shown ? 'field.hidePassword' : 'field.showPassword')} onClick={() => setShown(!shown)}>
      {shown ? <EyeOff size={18} aria-hidden /> : <Eye size={18} aria-hidden />}
    </button>
  )
  return <Field {...props} type={shown ? 'text' : 'password'} maxLength={256} after={toggle} />
}

export function Select({ label, children, ...select }: { label: string } & React.SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} {...select}>{children}</select>
    </div>
  )
}
