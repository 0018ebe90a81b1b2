import type { DeliveryState, Webhook, WebhookDelivery } from '@madang/client'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, CircleX, Clock, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { EndlessList } from '../crawl/EndlessList'
import { crawlCode, numberText } from '../crawl/text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Select } from '../ui/Field'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'
import { typeText } from './webhook-types'

const states: readonly DeliveryState[] = ['waiting', 'delivered', 'failed']
const icons = { waiting: Clock, delivered: CircleCheck, failed: CircleX }
const colours = { waiting: 'paused', delivered: 'finished', failed: 'failed' }
const REFRESH_MS = 5_000

/** What was sent, newest first, what came of it, and once more. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const toasts = useToasts()
  const { busy, run } = useAction()
  const [state, setState] = useState<DeliveryState>()
  const { id } = webhook
  const pages = useInfiniteQuery({
    queryKey: ['webhook', id, 'deliveries', state],
    queryFn: ({ pageParam }) => api.webhooks.deliveries(id, { state, cursor: pageParam, limit: 30 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: ({ state: { data } }) => (data?.pages[0]?.items.some((each) => each.state === 'waiting') ? REFRESH_MS : false),
  })
  const resendFailed = () =>
    void run(async () => {
      // The log goes no further back than the server keeps it.
      const { resent } = await api.webhooks.resendFailed(id, webhook.created_at)
      toasts.info(t('webhook.resent', { count: resent }))
      await queries.invalidateQueries({ queryKey: ['webhook', id, 'deliveries'] })
    })
  return (
    <section className="card" aria-label={t('webhook.log')}>
      <h2 className="card-title">{t('webhook.log')}</h2>
      <div className="webhook-tools">
        <Select label={t('crawl.pages.status')} value={state ?? ''} onChange={(event) => setState(states.find((each) => each === event.target.value))}>
          <option value="">{t('webhook.anyState')}</option>
          {states.map((each) => <option key={each} value={each}>{t(`webhook.state.${each}`)}</option>)}
        </Select>
        <button type="button" className="button" disabled={busy || !webhook.enabled} onClick={resendFailed}><RotateCw size={15} aria-hidden /> {t('webhook.resendFailed')}</button>
      </div>
      <EndlessList pages={pages} empty={<p className="quiet-text">{t('webhook.logEmpty')}</p>}>
        {(items) => <ul className="rows">{items.map((delivery) => <DeliveryRow key={delivery.id} webhook={webhook} delivery={delivery} />)}</ul>}
      </EndlessList>
    </section>
  )
}

function DeliveryRow({ webhook, delivery }: { webhook: Webhook; delivery: WebhookDelivery }) {
  const { t, locale } = useI18n()
  const [open, setOpen] = useState(false)
  const Icon = icons[delivery.state]
  const last = delivery.status !== undefined ? t('webhook.answered', { status: delivery.status }) : delivery.fault !== undefined ? crawlCode(t, delivery.fault) : undefined
  const facts = [fullText(delivery.created_at, locale), delivery.attempts > 0 ? t('webhook.attempts', { count: delivery.attempts }) : undefined, last]
  return (
    <li>
      <details className="delivery" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="row-text">{typeText(t, delivery.type)}<small>{facts.filter((each) => each !== undefined).join(' · ')}</small></span>
          <span className={`state state-${colours[delivery.state]}`}><Icon size={15} aria-hidden /> {t(`webhook.state.${delivery.state}`)}</span>
        </summary>
        {open && <DeliveryDetails webhook={webhook} delivery={delivery} />}
      </details>
    </li>
  )
}

function DeliveryDetails({ webhook, delivery }: { webhook: Webhook; delivery: WebhookDelivery }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const { data } = useQuery({
    queryKey: ['webhook', webhook.id, 'deliveries', 'one', delivery.id, delivery.attempts],
    queryFn: () => api.webhooks.delivery(webhook.id, delivery.id),
  })
  const resend = () =>
    void run(async () => {
      await api.webhooks.resend(webhook.id, delivery.id)
      await queries.invalidateQueries({ queryKey: ['webhook', webhook.id, 'deliveries'] })
    })
  if (!data) return <Spinner />
  return (
    <div className="delivery-body">
      <ul>
        {data.attempt_log?.map((attempt) => (
          <li key={attempt.at}>
            <strong>{attempt.status ?? crawlCode(t, attempt.fault ?? '')}</strong> <small className="quiet-text">{t('webhook.attemptAt', { time: fullText(attempt.at, locale), ms: numberText(attempt.latency_ms, locale) })}</small>
            {attempt.response !== undefined && <pre>{attempt.response}</pre>}
          </li>
        ))}
      </ul>
      {data.data && (
        <>
          <h3 className="shares-title">{t('webhook.data')}</h3>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys */}
          <pre tabIndex={0}>{JSON.stringify(data.data, null, 2)}</pre>
        </>
      )}
      {delivery.state !== 'waiting' && <button type="button" className="button small" disabled={busy || !webhook.enabled} onClick={resend}><RotateCw size={15} aria-hidden /> {t('webhook.resend')}</button>}
    </div>
  )
}
