import { Link } from 'react-router'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Logo } from './Logo'
import { usePageTitle } from './title-count'

export function NotFound() {
  const { t } = useI18n()
  usePageTitle(t('notFound.title'))
  return (
    <main className="lonely" id="main">
      <Empty heading="h1" icon={<Logo size={56} />} title={t('notFound.title')} hint={t('notFound.hint')}>
        <Link className="button primary" to="/">{t('notFound.home')}</Link>
      </Empty>
    </main>
  )
}
