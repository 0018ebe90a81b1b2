import type { DeliveryChannel, DeliveryFilter, NotificationDelivery } from '@madang/client'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, RotateCw, Search } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { EndlessList } from '../crawl/EndlessList'
import { numberText } from '../crawl/text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { channels } from '../preferences/Matrix'
import { Confirm } from '../ui/Confirm'
import { Empty } from '../ui/Empty'
import { Field, Select } from '../ui/Field'
import { useAction } from '../ui/use-action'
import { useCategories } from './CategoriesView'
import { DeliveryStateBadge } from './DeliveryState'
import { titleOf } from './titles'
import { reasonText, wordOf } from './words'

const states = ['dead', 'expired', 'ambiguous'] as const

/** What did not arrive, and what nobody knows of: found by a filter, counted first, then sent again. */
export function DeadView() {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const toasts = useToasts()
  const { busy, run } = useAction()
  const [params] = useSearchParams()
  const [filter, setFilter] = useState<DeliveryFilter>(() => ({ queue: params.get('queue') ?? undefined }))
  const [count, setCount] = useState<{ count: number; more: boolean }>()
  const pages = useInfiniteQuery({
    queryKey: ['deliveries', filter],
    queryFn: ({ pageParam }) => api.deliveries.list({ ...filter, cursor: pageParam, limit: 30 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim() || undefined
    setCount(undefined)
    setFilter({ state: states.find((each) => each === text('state')), channel: channels.find((each) => each === text('channel')), queue: text('queue'), category: text('category'), reason: text('reason') })
  }
  const dryRun = () => void run(async () => setCount(await api.deliveries.replay(filter, true)))
  const replay = () =>
    void run(async () => {
      const done = await api.deliveries.replay(filter)
      setCount(undefined)
      toasts.info(t('notify.replayed', { count: done.count }))
      await queries.invalidateQueries({ queryKey: ['deliveries'] })
    })
  const isEmpty = pages.isSuccess && pages.data.pages.every((page) => page.items.length === 0)
  return (
    <section className="card" aria-label={t('notify.tab.dead')}>
      <form className="notify-filter" onSubmit={search}>
        <Select label={t('notify.stateLabel')} name="state" defaultValue="">
          <option value="">{t('notify.deadOrExpired')}</option>
          {states.map((state) => <option key={state} value={state}>{wordOf(t, 'state', state)}</option>)}
        </Select>
        <ChannelSelect />
        <QueueSelect queue={filter.queue} />
        <CategorySelect />
        <Field label={t('notify.reasonStarts')} name="reason" />
        <button className="button"><Search size={16} aria-hidden /> {t('notify.search')}</button>
      </form>
      {filter.state !== 'ambiguous' && !isEmpty && (count === undefined
        ? <div className="button-row"><button type="button" className="button" disabled={busy} onClick={dryRun}><RotateCw size={16} aria-hidden /> {t('notify.replay')}</button></div>
        : <Confirm label={t('notify.replay')} text={t(count.more ? 'notify.replayMore' : 'notify.replayCount', { count: count.count, number: numberText(count.count, locale) })} action={t('notify.replayDo')} busy={busy || count.count === 0} onYes={replay} onNo={() => setCount(undefined)} />)}
      <EndlessList pages={pages} empty={<Empty icon={<CircleCheck size={30} />} title={t('notify.noDead')} />}>
        {(items) => <ul className="rows">{items.map((delivery) => <DeadRow key={delivery.id} delivery={delivery} />)}</ul>}
      </EndlessList>
    </section>
  )
}

/** One that is asked for by its name may be gone from the settings. */
function QueueSelect({ queue }: { queue?: string }) {
  const { t } = useI18n()
  const api = useApi()
  const known = useQuery({ queryKey: ['queues'], queryFn: () => api.deliveries.queues() }).data?.items.map(({ name }) => name) ?? []
  const names = queue === undefined || known.includes(queue) ? known : [queue, ...known]
  return (
    <Select key={names.length} label={t('notify.queue')} name="queue" defaultValue={queue ?? ''}>
      <option value="">{t('notify.any')}</option>
      {names.map((name) => <option key={name}>{name}</option>)}
    </Select>
  )
}

function CategorySelect() {
  const { t, locale } = useI18n()
  const categories = useCategories().data?.items ?? []
  return (
    <Select label={t('notify.category')} name="category" defaultValue="">
      <option value="">{t('notify.any')}</option>
      {categories.map((category) => <option key={category.name} value={category.name}>{titleOf(category, locale)}</option>)}
    </Select>
  )
}

export function ChannelSelect({ onChange }: { onChange?: (channel: DeliveryChannel | undefined) => void }) {
  const { t } = useI18n()
  return (
    <Select label={t('notify.channelLabel')} name="channel" defaultValue="" onChange={(event) => onChange?.(channels.find((each) => each === event.target.value))}>
      <option value="">{t('notify.any')}</option>
      {channels.map((channel) => <option key={channel} value={channel}>{t(`notify.channel.${channel}`)}</option>)}
    </Select>
  )
}

function DeadRow({ delivery }: { delivery: NotificationDelivery }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const resolve = (arrived: boolean) =>
    void run(async () => {
      await api.deliveries.resolve(delivery.id, arrived)
      await queries.invalidateQueries({ queryKey: ['deliveries'] })
    })
  const facts = [delivery.queue, fullText(delivery.finished_at ?? delivery.created_at, locale), t('notify.attempts', { count: delivery.attempt })]
  return (
    <li className="row dead-row">
      <div className="row-text">
        <Link to={`/notify/log/${delivery.notification_id}${delivery.user_id === undefined ? '' : `?user=${delivery.user_id}`}`}>{wordOf(t, 'channel', delivery.channel)} · {delivery.category}</Link>
        {delivery.reason !== undefined && <small className="dead-reason">{reasonText(t, delivery.reason)}</small>}
        <small>{facts.join(' · ')}</small>
      </div>
      <DeliveryStateBadge state={delivery.state} />
      {delivery.state === 'ambiguous' && (
        <div className="dead-actions">
          <button type="button" className="button small" disabled={busy} onClick={() => resolve(true)}>{t('notify.arrived')}</button>
          <button type="button" className="button small" disabled={busy} onClick={() => resolve(false)}>{t('notify.sendAgain')}</button>
        </div>
      )}
    </li>
  )
}
