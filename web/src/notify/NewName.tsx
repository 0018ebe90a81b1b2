import { Plus } from 'lucide-react'
import type { FormEvent } from 'react'
import { useNavigate } from 'react-router'
import { useI18n } from '../i18n/i18n'
import { Field } from '../ui/Field'

/** The name of something new; its page is where it is made. */
export function NewName({ label, to }: { label: string; to: (name: string) => string }) {
  const { t } = useI18n()
  const navigate = useNavigate()
  const make = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim()
    if (name !== '') void navigate(to(encodeURIComponent(name)))
  }
  return (
    <form className="notify-filter" onSubmit={make}>
      <Field label={label} hint={t('notify.nameHint')} name="name" pattern="[a-z0-9_.\-]{1,64}" maxLength={64} autoCapitalize="none" spellCheck={false} required />
      <button className="button"><Plus size={16} aria-hidden /> {t('action.create')}</button>
    </form>
  )
}
