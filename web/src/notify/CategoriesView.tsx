import type { Category } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { numberText } from '../crawl/text'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Spinner } from '../ui/Spinner'
import { NewName } from './NewName'
import { titleOf } from './titles'

export const useCategories = () => {
  const api = useApi()
  return useQuery({ queryKey: ['categories'], queryFn: () => api.notifications.categories() })
}

/** The kinds of notifications, and how each is dealt with. */
export function CategoriesView() {
  const { t } = useI18n()
  const { data, error } = useCategories()
  if (!data) return error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : <Spinner />
  return (
    <section className="card" aria-label={t('notify.tab.categories')}>
      <NewName label={t('notify.newCategory')} to={(name) => `/notify/categories/${name}`} />
      <ul className="rows">{data.items.map((category) => <CategoryRow key={category.name} category={category} />)}</ul>
    </section>
  )
}

function CategoryRow({ category }: { category: Category }) {
  const { t, locale } = useI18n()
  const limit = (count: number | undefined, key: 'notify.perHour' | 'notify.perDay') => (count === undefined ? [] : [t(key, { number: numberText(count, locale) })])
  const facts = [
    category.name,
    category.channels.length === 0 ? t('notify.noChannels') : category.channels.map((channel) => t(`notify.channel.${channel}`)).join(', '),
    ...limit(category.per_hour, 'notify.perHour'),
    ...limit(category.per_day, 'notify.perDay'),
  ]
  return (
    <li className="row link-row">
      <div className="row-text">
        <Link className="cover-link" to={`/notify/categories/${encodeURIComponent(category.name)}`}>{titleOf(category, locale)}</Link>
        <small>{facts.join(' · ')}</small>
      </div>
      <span className="tags">
        {category.mandatory && <span className="tag">{t('notify.mandatoryTag')}</span>}
        {category.built_in && <span className="tag">{t('notify.builtIn')}</span>}
      </span>
      <ChevronRight size={18} aria-hidden />
    </li>
  )
}
