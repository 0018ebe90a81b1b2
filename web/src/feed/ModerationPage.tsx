import { useInfiniteQuery } from '@tanstack/react-query'
import { ScrollText, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { EndlessList } from '../crawl/EndlessList'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { ActRow, ReportCard } from './ReportCard'

const tabs = ['open', 'closed', 'log'] as const
type Tab = (typeof tabs)[number]

/** What people reported, and what moderators did. */
export function ModerationPage() {
  const { t } = useI18n()
  const [tab, setTab] = useState<Tab>('open')
  usePageTitle(`${t('moderation.title')} · ${t('app.name')}`)
  return (
    <main className="page" id="main">
      <header className="page-head">
        <h1>{t('moderation.title')}</h1>
        <div className="tabs" role="group" aria-label={t('moderation.tabs')}>
          {tabs.map((each) => <button key={each} type="button" aria-pressed={tab === each} onClick={() => setTab(each)}>{t(`moderation.tab.${each}`)}</button>)}
        </div>
      </header>
      {tab === 'log' ? <Log /> : <Reports key={tab} state={tab} />}
    </main>
  )
}

function Reports({ state }: { state: 'open' | 'closed' }) {
  const { t } = useI18n()
  const api = useApi()
  const pages = useInfiniteQuery({
    queryKey: ['reports', state],
    queryFn: ({ pageParam }) => api.moderation.reports({ state, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
  })
  const empty = <Empty icon={<ShieldCheck size={30} />} title={t(state === 'open' ? 'moderation.noneOpen' : 'moderation.noneClosed')} hint={state === 'open' ? t('moderation.noneOpenHint') : undefined} />
  return (
    <EndlessList pages={pages} empty={empty}>
      {(reports) => <ul className="posts" aria-label={t(`moderation.tab.${state}`)}>{reports.map((report) => <li key={report.id}><ReportCard report={report} /></li>)}</ul>}
    </EndlessList>
  )
}

function Log() {
  const { t } = useI18n()
  const api = useApi()
  const pages = useInfiniteQuery({
    queryKey: ['moderation'],
    queryFn: ({ pageParam }) => api.moderation.log({ cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
  })
  return (
    <EndlessList pages={pages} empty={<Empty icon={<ScrollText size={30} />} title={t('moderation.noneDone')} />}>
      {(entries) => <ul className="card people-list" aria-label={t('moderation.tab.log')}>{entries.map((entry) => <ActRow key={entry.id} entry={entry} />)}</ul>}
    </EndlessList>
  )
}
