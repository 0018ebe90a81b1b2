import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Spinner } from '../ui/Spinner'
import { NewName } from './NewName'

/** The words that notifications are made of. */
export function TemplatesView() {
  const { t } = useI18n()
  const api = useApi()
  const { data, error } = useQuery({ queryKey: ['templates'], queryFn: () => api.templates.list() })
  if (!data) return error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : <Spinner />
  return (
    <section className="card" aria-label={t('notify.tab.templates')}>
      <NewName label={t('notify.newTemplate')} to={(name) => `/notify/templates/${name}`} />
      <ul className="rows">
        {data.items.map((template) => (
          <li key={template.name} className="row link-row">
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
