import { useEffect, useRef } from 'react'
import { NavLink, Outlet, useLocation } from 'react-router'
import { usePageTitle } from '../app/title-count'
import { useI18n } from '../i18n/i18n'

const views = ['', 'log', 'dead', 'send', 'templates', 'categories', 'audiences', 'suppressions', 'funnels'] as const

/** What admins see of notifications: one tab a question. */
export function NotifyPage() {
  const { t } = useI18n()
  const tabs = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  useEffect(() => {
    // On a narrow screen the tabs scroll: the open one is shown.
    const open = tabs.current?.querySelector<HTMLElement>('.active')
    if (tabs.current && open) tabs.current.scrollLeft = open.offsetLeft - tabs.current.offsetLeft - (tabs.current.clientWidth - open.offsetWidth) / 2
  }, [pathname])
  usePageTitle(`${t('notify.title')} · ${t('app.name')}`)
  return (
    <main className="page page-wide" id="main">
      <header className="page-head"><h1>{t('notify.title')}</h1></header>
      <nav ref={tabs} className="tabs crawl-tabs" aria-label={t('notify.tabs')}>
        {views.map((view) => <NavLink key={view} to={`/notify${view === '' ? '' : `/${view}`}`} end={view === ''}>{t(`notify.tab.${view === '' ? 'queues' : view}`)}</NavLink>)}
      </nav>
      <Outlet />
    </main>
  )
}
