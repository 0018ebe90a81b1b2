import type { DeliveryQueue } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { CirclePause, CirclePlay, Inbox, RotateCw } from 'lucide-react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { durationText, percentText, rateText, shortNumber } from '../crawl/text'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { clockText, fullText } from '../i18n/time'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'
import { wordOf } from './words'

const EVERY_MS = 3_000

/** What stands before each provider, anew every three seconds while somebody looks: a hidden window asks nothing. */
export function QueuesView() {
  const { t } = useI18n()
  const api = useApi()
  const { data, error } = useQuery({ queryKey: ['queues'], queryFn: () => api.deliveries.queues(), refetchInterval: EVERY_MS })
  if (!data) return error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : <Spinner />
  if (data.items.length === 0) return <Empty icon={<Inbox size={30} />} title={t('notify.noQueues')} hint={t('notify.noQueuesHint')} />
  return <div className="queues">{data.items.map((queue) => <Queue key={queue.name} queue={queue} />)}</div>
}

function Queue({ queue }: { queue: DeliveryQueue }) {
  const { t, locale } = useI18n()
  const number = (value: number) => shortNumber(value, locale)
  const figures: [string, string, string?][] = [
    [t('notify.waiting'), number(queue.waiting), queue.oldest_age_ms === undefined ? undefined : t('notify.oldest', { time: durationText(queue.oldest_age_ms, locale) })],
    [t('notify.sending'), number(queue.sending), queue.concurrency === undefined ? undefined : t('notify.places', { count: queue.concurrency })],
    [t('notify.rate'), t('notify.perSecond', { number: rateText(queue.sent_per_second ?? 0, locale) }), queue.limit_per_second === undefined ? undefined : t('notify.limit', { number: rateText(queue.limit_per_second, locale) })],
    [t('notify.done'), number(queue.sent + queue.delivered)],
    [t('notify.ambiguous'), number(queue.ambiguous)],
    [t('notify.dead'), number(queue.dead + queue.expired)],
  ]
  return (
    <section className="card queue" aria-label={queue.name}>
      <div className="queue-head">
        <h2>{queue.name}</h2>
        {queue.channel && <span className="tag">{wordOf(t, 'channel', queue.channel)}</span>}
        {!queue.configured && <span className="tag">{t('notify.gone')}</span>}
        <Breaker queue={queue} />
        {queue.dead + queue.expired > 0 && <Link className="button small" to={`/notify/dead?queue=${encodeURIComponent(queue.name)}`} aria-label={`${t('notify.replay')}: ${queue.name}`}><RotateCw size={15} aria-hidden /> {t('notify.toReplay')}</Link>}
        <PauseButton queue={queue} />
      </div>
      {queue.paused && <p className="queue-note">{t(queue.paused.by === 'fault' ? 'notify.pausedByFault' : 'notify.pausedByHand', { time: fullText(queue.paused.at, locale) })}{queue.paused.reason !== '' && <strong> {queue.paused.reason}</strong>}</p>}
      <dl className="figures">
        {figures.map(([name, value, note]) => (
          <div key={name} className="figure">
            <dt>{name}</dt>
            <dd>{value}{note !== undefined && <small>{note}</small>}</dd>
          </div>
        ))}
      </dl>
      {queue.illness !== undefined && queue.illness > 0 && <p className="quiet-text">{t('notify.illness', { share: percentText(queue.illness, locale) })}</p>}
    </section>
  )
}

function Breaker({ queue }: { queue: DeliveryQueue }) {
  const { t, locale } = useI18n()
  if (queue.paused) return <span className="state state-paused"><CirclePause size={15} aria-hidden /> {t('notify.paused')}</span>
  if (queue.breaker === undefined) return null
  const colour = { closed: 'finished', open: 'failed', half_open: 'paused' }[queue.breaker]
  return <span className={`state state-${colour}`} title={queue.breaker_until && fullText(queue.breaker_until, locale)}>{wordOf(t, 'breaker', queue.breaker)}{queue.breaker === 'open' && queue.breaker_until !== undefined && ` · ${t('notify.until', { time: clockText(queue.breaker_until, locale) })}`}</span>
}

function PauseButton({ queue }: { queue: DeliveryQueue }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const change = () =>
    void run(async () => {
      await (queue.paused ? api.deliveries.resume(queue.name) : api.deliveries.pause(queue.name, t('notify.pauseReason')))
      await queries.invalidateQueries({ queryKey: ['queues'] })
    })
  const Icon = queue.paused ? CirclePlay : CirclePause
  const label = t(queue.paused ? 'notify.resume' : 'notify.pause')
  return <button type="button" className="button small" disabled={busy} aria-label={`${label}: ${queue.name}`} onClick={change}><Icon size={16} aria-hidden /> {label}</button>
}
