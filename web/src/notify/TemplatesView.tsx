import { useQuery } from '@tanstack/react-query'
import { ChevronRight, FilePlus2 } from 'lucide-react'
import type { FormEvent } from 'react'
import { Link, useNavigate } from 'react-router'
import { useApi } from '../app/session'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Field } from '../ui/Field'
import { Spinner } from '../ui/Spinner'

/** The words that notifications are made of. */
export function TemplatesView() {
  const { t } = useI18n()
  const api = useApi()
  const navigate = useNavigate()
  const { data, error } = useQuery({ queryKey: ['templates'], queryFn: () => api.templates.list() })
  const make = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim()
    if (name !== '') void navigate(`/notify/templates/${encodeURIComponent(name)}`)
  }
  if (!data) return error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : <Spinner />
  return (
    <section className="card" aria-label={t('notify.tab.templates')}>
      <form className="notify-filter" onSubmit={make}>
        <Field label={t('notify.newTemplate')} hint={t('notify.newTemplateHint')} name="name" pattern="[a-z0-9_.\-]{1,64}" required />
        <button className="button"><FilePlus2 size={16} aria-hidden /> {t('action.create')}</button>
      </form>
      <ul className="rows">
        {data.items.map((template) => (
          <li key={template.name} className="crawl-row">
            <div className="row-text">
              <Link className="cover-link" to={`/notify/templates/${encodeURIComponent(template.name)}`}>{template.name}</Link>
              <small>{[template.description, template.locales.join(', ')].filter((each) => each !== undefined).join(' · ')}</small>
            </div>
            <span className="tag">{template.built_in ? t('notify.builtIn') : t('notify.version', { version: template.version })}</span>
            <ChevronRight size={18} aria-hidden />
          </li>
        ))}
      </ul>
    </section>
  )
}
