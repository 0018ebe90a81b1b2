import { NavLink, Outlet } from 'react-router'
import { usePageTitle } from '../app/title-count'
import { useI18n } from '../i18n/i18n'

const views = ['', 'log', 'dead', 'send', 'templates', 'funnels'] as const

/** What admins see of notifications: one tab a question. */
export function NotifyPage() {
  const { t } = useI18n()
  usePageTitle(`${t('notify.title')} · ${t('app.name')}`)
  return (
    <main className="page page-wide" id="main">
      <header className="page-head"><h1>{t('notify.title')}</h1></header>
      <nav className="tabs crawl-tabs" aria-label={t('notify.tabs')}>
        {views.map((view) => <NavLink key={view} to={`/notify${view === '' ? '' : `/${view}`}`} end={view === ''}>{t(`notify.tab.${view === '' ? 'queues' : view}`)}</NavLink>)}
      </nav>
      <Outlet />
    </main>
  )
}
