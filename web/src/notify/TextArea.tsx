import { type TextareaHTMLAttributes, useId } from 'react'

interface TextAreaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  label: string
  error?: string
  /** For text that a machine reads. */
  code?: boolean
}

/** A labelled text of several lines. */
export function TextArea({ label, error, code, ...area }: TextAreaProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-box area"><textarea id={id} className={code ? 'code' : undefined} spellCheck={!code} aria-invalid={error ? true : undefined} aria-describedby={error ? `${id}-note` : undefined} {...area} /></div>
      {error && <p id={`${id}-note`} className="field-note error">{error}</p>}
    </div>
  )
}
