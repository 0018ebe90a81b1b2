import { Bell, BellRing, CheckCheck, Send, Settings2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { useMe } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'
import { InboxRow } from './InboxRow'
import type { Filter } from './inbox-state'
import { useInbox, useInboxStore } from './use-inbox'

const filters: readonly Filter[] = ['all', 'unread']

/** What was sent to this person, newest first, as it comes. */
export function InboxPage() {
  const { t } = useI18n()
  const { role } = useMe()
  const store = useInboxStore()
  const { busy, run } = useAction()
  const [filter, setFilter] = useState<Filter>('all')
  const [error, setError] = useState<unknown>()
  const unread = useInbox((state) => state.badge.count)
  usePageTitle(`${t('inbox.title')} · ${t('app.name')}`)
  useEffect(() => {
    store.read(filter).then(() => setError(undefined), setError)
  }, [store, filter])
  return (
    <main className="page" id="main">
      <header className="page-head">
        <h1>{t('inbox.title')}</h1>
        <div className="inbox-tools">
          {role === 'admin' && <Link to="/notify" className="button quiet small"><Send size={16} aria-hidden /> {t('notify.title')}</Link>}
          <Link to="/settings/notifications" className="button quiet small"><Settings2 size={16} aria-hidden /> {t('inbox.settings')}</Link>
        </div>
      </header>
      <div className="page-head">
        <div className="tabs" role="group" aria-label={t('inbox.filter')}>
          {filters.map((each) => (
            <button key={each} type="button" aria-pressed={filter === each} onClick={() => setFilter(each)}>{t(`inbox.filter.${each}`)}{each === 'unread' && unread > 0 && <span className="badge">{unread}</span>}</button>
          ))}
        </div>
        <button type="button" className="button small" disabled={busy || unread === 0} onClick={() => void run(() => store.markAllRead())}><CheckCheck size={16} aria-hidden /> {t('inbox.readAll')}</button>
      </div>
      {error !== undefined && <p className="form-error" role="alert">{errorText(t, error)}</p>}
      <InboxList filter={filter} />
    </main>
  )
}

function InboxList({ filter }: { filter: Filter }) {
  const { t } = useI18n()
  const store = useInboxStore()
  const { busy, run } = useAction()
  const { items, next } = useInbox((state) => state.lists[filter])
  if (items.length > 0) {
    return (
      <section className="card inbox-list" aria-label={t('inbox.title')}>
        <ul>{items.map((item) => <InboxRow key={item.id} item={item} />)}</ul>
        {typeof next === 'string' && <button type="button" className="button endless-more" disabled={busy} onClick={() => void run(() => store.read(filter, true))}>{t('action.more')}</button>}
      </section>
    )
  }
  if (next === undefined) return <Spinner />
  return filter === 'unread'
    ? <Empty icon={<Bell size={30} />} title={t('inbox.allRead')} hint={t('inbox.allReadHint')} />
    : <Empty icon={<BellRing size={30} />} title={t('inbox.empty')} hint={t('inbox.emptyHint')} />
}
