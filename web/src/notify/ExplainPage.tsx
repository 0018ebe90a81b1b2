import type { ExplainedAttempt, ExplainedDelivery, NotificationExplanation, Id, PersonExplanation, PlanDecision, Recipients } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleArrowRight, CirclePause, CircleSlash, Layers, UserSearch } from 'lucide-react'
import { useState } from 'react'
import { useParams, useSearchParams } from 'react-router'
import { useApi } from '../app/session'
import { BackLink } from '../crawl/BackLink'
import { numberText } from '../crawl/text'
import { errorText } from '../i18n/error-text'
import { type Translate, useI18n } from '../i18n/i18n'
import type { Locale } from '../i18n/messages'
import { exactText, fullText } from '../i18n/time'
import { Avatar } from '../ui/Avatar'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'
import { DeliveryStateBadge } from './DeliveryState'
import { notificationName } from './LogView'
import { PeopleDialog } from './PeopleDialog'
import { reasonText, whyText, wordOf } from './words'

const icons = { send: CircleArrowRight, drop: CircleSlash, defer: CirclePause, digest: Layers }

/** Why somebody got a notification, or why not: every decision, every attempt. */
export function ExplainPage() {
  const { t } = useI18n()
  const { id = '' } = useParams()
  const [params, setParams] = useSearchParams()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const user = params.get('user') ?? undefined
  const { data, error } = useQuery({ queryKey: ['notification', id, user], queryFn: () => api.notifications.explain(id, user) })
  const cancel = () =>
    void run(async () => {
      await api.notifications.cancel(id)
      await queries.invalidateQueries({ queryKey: ['notification', id] })
    })
  return (
    <>
      <BackLink to="/notify/log" label={t('notify.tab.log')} />
      {data ? (
        <>
          <Overview answer={data} busy={busy} onCancel={cancel} />
          <WhichPerson id={user ?? data.person?.user_id} onPerson={(wanted) => setParams({ user: wanted })} />
          {data.person && <Person person={data.person} />}
        </>
      ) : error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : <Spinner />}
    </>
  )
}

/** Whom it is explained for: named, and another is chosen by name. */
function WhichPerson({ id, onPerson }: { id: Id | undefined; onPerson: (id: Id) => void }) {
  const { t } = useI18n()
  const api = useApi()
  const [picking, setPicking] = useState(false)
  const person = useQuery({ queryKey: ['user', id], queryFn: () => api.accounts.user(id ?? ''), enabled: id !== undefined, retry: false }).data
  return (
    <section className="card row" aria-label={t('notify.person')}>
      {person ? <Avatar id={person.id} name={person.display_name} size={34} /> : <UserSearch size={22} aria-hidden />}
      <div className="row-text">{person?.display_name ?? id ?? t('notify.whichPerson')}<small>{person ? `@${person.name}` : t('notify.personHint')}</small></div>
      <button type="button" className="button" onClick={() => setPicking(true)}>{t(id === undefined ? 'notify.pickPerson' : 'notify.otherPerson')}</button>
      {picking && <PeopleDialog title={t('notify.pickPerson')} one onDone={([chosen]) => { setPicking(false); if (chosen) onPerson(chosen.id) }} onClose={() => setPicking(false)} />}
    </section>
  )
}

function toText(t: Translate, { user_ids, audience, address }: Recipients, locale: Locale): string {
  if (user_ids) return t('notify.people', { count: user_ids.length, number: numberText(user_ids.length, locale) })
  return audience ?? address?.email ?? address?.phone ?? address?.url ?? t('notify.to.all')
}

function Overview({ answer, busy, onCancel }: { answer: NotificationExplanation; busy: boolean; onCancel: () => void }) {
  const { t, locale } = useI18n()
  const { notification, totals } = answer
  const [asked, setAsked] = useState(false)
  const facts: [string, string][] = [
    [t('notify.to'), toText(t, notification.to, locale)],
    [t('notify.category'), notification.category],
    [t('notify.sentAt'), fullText(notification.send_at, locale)],
    [t('notify.expiresAt'), fullText(notification.expires_at, locale)],
    [t('notify.peopleLabel'), numberText(notification.people, locale)],
  ]
  if (notification.template !== undefined) facts.push([t('notify.template'), t('notify.templateVersion', { name: notification.template, version: notification.template_version ?? 0 })])
  const goesOn = notification.state === 'accepted' || notification.state === 'planning' || totals.some(({ state }) => state === 'waiting')
  return (
    <section className="card" aria-label={notificationName(notification)}>
      <div className="queue-head">
        <h2>{notificationName(notification)}</h2>
        <span className="state">{wordOf(t, 'planned', notification.state)}</span>
        {goesOn && <button type="button" className="button small danger" disabled={busy} onClick={() => (asked ? onCancel() : setAsked(true))}>{t(asked ? 'notify.cancelSure' : 'notify.cancel')}</button>}
      </div>
      {notification.content && <p className="explain-body">{notification.content.body}</p>}
      <dl className="facts">
        {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {totals.length > 0 && (
        <ul className="totals" aria-label={t('notify.totals')}>
          {totals.map(({ channel, state, count }) => <li key={channel + state}>{wordOf(t, 'channel', channel)} <DeliveryStateBadge state={state} /> <strong>{numberText(count, locale)}</strong></li>)}
        </ul>
      )}
    </section>
  )
}

function Person({ person }: { person: PersonExplanation }) {
  const { t, locale } = useI18n()
  return (
    <>
      <section className="card" aria-label={t('notify.decisions')}>
        <h2 className="card-title">{t('notify.decisions')}</h2>
        {person.decided_at !== undefined && <p className="quiet-text">{t('notify.decidedAt', { time: exactText(person.decided_at, locale) })}</p>}
        <ol className="timeline">{person.decisions.map((decision, index) => <Decision key={index} decision={decision} />)}</ol>
        {person.item && <p className="quiet-text">{t(!person.item.present ? 'notify.itemGone' : person.item.read ? 'notify.itemRead' : 'notify.itemUnread')}</p>}
      </section>
      {person.deliveries.length > 0 && (
        <section className="card" aria-label={t('notify.deliveries')}>
          <h2 className="card-title">{t('notify.deliveries')}</h2>
          {person.deliveries.map((delivery) => <Delivery key={delivery.id} delivery={delivery} />)}
        </section>
      )}
    </>
  )
}

function Decision({ decision }: { decision: PlanDecision }) {
  const { t, locale } = useI18n()
  const Icon = icons[decision.outcome]
  const why = whyText(t, decision, locale)
  return (
    <li className={`decision decision-${decision.outcome}`}>
      <Icon size={18} aria-hidden />
      <div className="row-text">
        {wordOf(t, 'rule', decision.rule)}{decision.channel && ` · ${wordOf(t, 'channel', decision.channel)}`}: {wordOf(t, 'outcome', decision.outcome)}
        {why !== undefined && <small>{why}</small>}
      </div>
    </li>
  )
}

function Delivery({ delivery }: { delivery: ExplainedDelivery }) {
  const { t, locale } = useI18n()
  const notes = [
    delivery.reason === undefined ? undefined : reasonText(t, delivery.reason),
    delivery.due_at === undefined ? undefined : t('notify.nextTry', { time: exactText(delivery.due_at, locale) }),
    delivery.opened_at === undefined ? undefined : t('notify.openedAt', { time: exactText(delivery.opened_at, locale) }),
    delivery.fallback_of === undefined ? undefined : t('notify.fallbackOf', { channel: wordOf(t, 'channel', delivery.fallback_of) }),
    delivery.ambiguous === 0 ? undefined : t('notify.unanswered', { count: delivery.ambiguous }),
  ].filter((note) => note !== undefined)
  return (
    <div className="explained">
      <div className="queue-head">
        <h3>{wordOf(t, 'channel', delivery.channel)}{delivery.provider !== undefined && ` · ${delivery.provider}`}</h3>
        <DeliveryStateBadge state={delivery.state} />
      </div>
      {notes.length > 0 && <p className="quiet-text">{notes.join(' · ')}</p>}
      <ol className="timeline">{delivery.attempts.map((attempt) => <Attempt key={attempt.at} attempt={attempt} />)}</ol>
    </div>
  )
}

function Attempt({ attempt }: { attempt: ExplainedAttempt }) {
  const { t, locale } = useI18n()
  const facts = [exactText(attempt.at, locale), attempt.provider, t('notify.latency', { ms: numberText(attempt.latency_ms, locale) })]
  if (attempt.next_at !== undefined) facts.push(t('notify.nextTry', { time: exactText(attempt.next_at, locale) }))
  return (
    <li className="decision">
      <div className="row-text">
        {attempt.look_up === true && `${t('notify.lookUp')} · `}{wordOf(t, 'answer', attempt.class)} <code>{attempt.code}</code>
        {attempt.detail !== undefined && <small className="dead-reason">{attempt.detail}</small>}
        <small>{facts.join(' · ')}</small>
      </div>
    </li>
  )
}
