import type { SentNotification } from '@madang/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { BellRing, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { EndlessList } from '../crawl/EndlessList'
import { numberText } from '../crawl/text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Empty } from '../ui/Empty'
import { Select } from '../ui/Field'
import { wordOf } from './words'

const states = ['accepted', 'planning', 'planned', 'canceled', 'expired'] as const

/** What was sent, newest first. */
export function LogView() {
  const { t } = useI18n()
  const api = useApi()
  const [state, setState] = useState<(typeof states)[number]>()
  const pages = useInfiniteQuery({
    queryKey: ['notifications', state],
    queryFn: ({ pageParam }) => api.notifications.list({ state, cursor: pageParam, limit: 30 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  return (
    <section className="card" aria-label={t('notify.tab.log')}>
      <div className="notify-filter">
        <Select label={t('notify.stateLabel')} value={state ?? ''} onChange={(event) => setState(states.find((each) => each === event.target.value))}>
          <option value="">{t('notify.any')}</option>
          {states.map((each) => <option key={each} value={each}>{wordOf(t, 'planned', each)}</option>)}
        </Select>
      </div>
      <EndlessList pages={pages} empty={<Empty icon={<BellRing size={30} />} title={t('notify.logEmpty')} />}>
        {(items) => <ul className="rows">{items.map((each) => <LogRow key={each.id} notification={each} />)}</ul>}
      </EndlessList>
    </section>
  )
}

export const notificationName = ({ content, template, category }: SentNotification) => content?.title ?? template ?? category

function LogRow({ notification }: { notification: SentNotification }) {
  const { t, locale } = useI18n()
  const facts = [notification.category, t('notify.people', { count: notification.people, number: numberText(notification.people, locale) }), fullText(notification.created_at, locale)]
  return (
    <li className="crawl-row">
      <div className="row-text">
        <Link className="cover-link" to={`/notify/log/${notification.id}`}>{notificationName(notification)}</Link>
        <small>{facts.join(' · ')}</small>
      </div>
      <span className={`state state-${notification.state === 'planned' ? 'finished' : notification.state === 'canceled' || notification.state === 'expired' ? 'stopped' : 'paused'}`}>{wordOf(t, 'planned', notification.state)}</span>
      <ChevronRight size={18} aria-hidden />
    </li>
  )
}
