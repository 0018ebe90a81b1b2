import type { DeliveryChannel, Funnel, FunnelCounts } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { ChartColumnDecreasing } from 'lucide-react'
import type { FormEvent } from 'react'
import { useSearchParams } from 'react-router'
import { useApi } from '../app/session'
import { AreaChart, Legend } from '../charts/Charts'
import { evenly } from '../charts/series'
import { numberText, percentText, shortNumber } from '../crawl/text'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { channels } from '../preferences/Matrix'
import { Empty } from '../ui/Empty'
import { Field, Select } from '../ui/Field'
import { Spinner } from '../ui/Spinner'
import { daysOf, dayName } from './days'

const spans = ['7', '30', '90', '366']
const steps = ['sent', 'delivered', 'opened', 'clicked', 'converted'] as const

/** How far people went with what was sent under one name: in all, by channel and by day. */
export function FunnelView() {
  const { t } = useI18n()
  const api = useApi()
  const [params, setParams] = useSearchParams()
  const campaign = params.get('campaign') ?? ''
  const days = spans.find((each) => each === params.get('days')) ?? '30'
  const channel = channels.find((each) => each === params.get('channel'))
  const templates = useQuery({ queryKey: ['templates'], queryFn: () => api.templates.list() }).data?.items ?? []
  const { data, error } = useQuery({
    queryKey: ['funnel', campaign, days, channel],
    queryFn: () => api.templates.funnel(campaign, Number(days), channel),
    enabled: campaign !== '',
    placeholderData: (before) => (before?.campaign === campaign ? before : undefined),
  })
  const show = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setParams({ campaign: String(form.get('campaign') ?? '').trim(), days: String(form.get('days')) })
  }
  const pick = (wanted: DeliveryChannel | undefined) => setParams({ campaign, days, ...(wanted === undefined ? {} : { channel: wanted }) })
  return (
    <>
      <section className="card" aria-label={t('notify.tab.funnels')}>
        <form className="notify-filter" onSubmit={show}>
          <Field key={campaign} label={t('notify.campaign')} hint={t('notify.campaignHint')} name="campaign" list="campaigns" required defaultValue={campaign} />
          <datalist id="campaigns">{templates.map(({ name }) => <option key={name} value={name} />)}</datalist>
          <Select label={t('notify.span')} name="days" defaultValue={days}>{spans.map((each) => <option key={each} value={each}>{t('notify.days', { count: Number(each) })}</option>)}</Select>
          <button className="button">{t('notify.show')}</button>
        </form>
        {campaign === '' ? <Empty icon={<ChartColumnDecreasing size={30} />} title={t('notify.pickCampaign')} /> : error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : data ? <FunnelChart funnel={data} onChannel={pick} /> : <Spinner />}
      </section>
      {campaign !== '' && data && (
        <>
          <Days funnel={data} />
          <Channels funnel={data} />
        </>
      )}
    </>
  )
}

function FunnelChart({ funnel, onChannel }: { funnel: Funnel; onChannel: (channel: DeliveryChannel | undefined) => void }) {
  const { t, locale } = useI18n()
  const number = (value: number) => numberText(value, locale)
  const others = [['failed', funnel.failed], ['unsubscribed', funnel.unsubscribed], ['dismissed', funnel.dismissed], ['machineOpened', funnel.machine.opened], ['machineClicked', funnel.machine.clicked]] as const
  return (
    <>
      <div className="tabs" role="group" aria-label={t('notify.channelLabel')}>
        <button type="button" aria-pressed={funnel.channel === undefined} onClick={() => onChannel(undefined)}>{t('notify.allChannels')}</button>
        {funnel.by_channel.map(({ channel }) => <button key={channel} type="button" aria-pressed={funnel.channel === channel} onClick={() => onChannel(channel)}>{t(`notify.channel.${channel}`)}</button>)}
      </div>
      <p className="quiet-text funnel-since">{t('notify.funnelSince', { count: funnel.notifications, number: number(funnel.notifications), time: fullText(funnel.since, locale) })}</p>
      {funnel.complete === false && <p className="quiet-text">{t('notify.funnelPart')}</p>}
      <ol className="funnel">
        {steps.map((step) => {
          const share = funnel.sent === 0 ? 0 : funnel[step] / funnel.sent
          return (
            <li key={step}>
              <span>{t(`notify.step.${step}`)}</span>
              <span className="funnel-bar" aria-hidden="true"><span style={{ width: `${Math.min(100, share * 100)}%` }} /></span>
              <strong>{number(funnel[step])}</strong>
              <span className="quiet-text">{percentText(share, locale)}</span>
            </li>
          )
        })}
      </ol>
      <dl className="facts">{others.map(([name, value]) => <div key={name}><dt>{t(`notify.step.${name}`)}</dt><dd>{number(value)}</dd></div>)}</dl>
    </>
  )
}

/** One picture a step, each on a scale of its own: later steps are few beside the first. */
function Days({ funnel }: { funnel: Funnel }) {
  const { t, locale } = useI18n()
  const days = daysOf(funnel)
  const axis = [dayName(days[0]?.day ?? '', locale), dayName(days.at(-1)?.day ?? '', locale)] as const
  const chart = (title: string, layers: readonly { layer: string; name: string; of: (counts: FunnelCounts) => number }[]) => {
    const sums = layers.map(({ of }) => days.reduce((sum, { counts }) => sum + of(counts), 0))
    return (
      <AreaChart title={title} text={t('notify.byDayText', { title, from: axis[0], to: axis[1] })} series={evenly(days.map(({ counts }) => layers.map(({ of }) => of(counts))))} layers={layers.map(({ layer }) => layer)} axis={axis}>
        <Legend entries={layers.map(({ layer, name }, at) => ({ layer, name, value: shortNumber(sums[at] ?? 0, locale) }))} />
      </AreaChart>
    )
  }
  const one = (step: 'opened' | 'clicked', layer: string) => chart(t(`notify.step.${step}`), [{ layer, name: t(`notify.step.${step}`), of: (counts) => counts[step] }])
  return (
    <section aria-label={t('notify.byDay')}>
      <h2 className="card-title">{t('notify.byDay')}</h2>
      <div className="charts">
        {chart(t('notify.step.sent'), [
          { layer: 'layer-sent', name: t('notify.step.sent'), of: ({ sent }) => sent },
          { layer: 'layer-failed', name: t('notify.step.failed'), of: ({ failed }) => failed },
        ])}
        {one('opened', 'layer-opened')}
        {one('clicked', 'layer-clicked')}
      </div>
      <p className="quiet-text days-note">{t('notify.daysNote')}</p>
    </section>
  )
}

const columns = ['sent', 'delivered', 'opened', 'clicked', 'failed', 'unsubscribed'] as const

function Channels({ funnel }: { funnel: Funnel }) {
  const { t, locale } = useI18n()
  if (funnel.by_channel.length === 0) return null
  return (
    <section className="card">
      <h2 className="card-title">{t('notify.byChannel')}</h2>
      {/* Wider than a telephone: it scrolls by itself, with the keyboard too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="counts-box" tabIndex={0} role="region" aria-label={t('notify.byChannel')}>
        <table className="counts">
          <thead>
            <tr>
              <th scope="col">{t('notify.channelLabel')}</th>
              {columns.map((column) => <th key={column} scope="col">{t(`notify.step.${column}`)}</th>)}
            </tr>
          </thead>
          <tbody>
            {funnel.by_channel.map(({ channel, counts }) => (
              <tr key={channel}>
                <th scope="row">{t(`notify.channel.${channel}`)}</th>
                {columns.map((column) => (
                  <td key={column}>{numberText(counts[column], locale)}{' '}{column !== 'sent' && counts.sent > 0 && counts[column] > 0 && <small>{percentText(counts[column] / counts.sent, locale)}</small>}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
