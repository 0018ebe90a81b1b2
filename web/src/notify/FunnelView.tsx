import type { Funnel } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { ChartColumnDecreasing } from 'lucide-react'
import type { FormEvent } from 'react'
import { useSearchParams } from 'react-router'
import { useApi } from '../app/session'
import { numberText, percentText } from '../crawl/text'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Empty } from '../ui/Empty'
import { Field, Select } from '../ui/Field'
import { Spinner } from '../ui/Spinner'

const spans = ['7', '30', '90', '366']
const steps = ['sent', 'delivered', 'opened', 'clicked', 'converted'] as const

/** How far people went with what was sent under one name. */
export function FunnelView() {
  const { t } = useI18n()
  const api = useApi()
  const [params, setParams] = useSearchParams()
  const campaign = params.get('campaign') ?? ''
  const days = spans.find((each) => each === params.get('days')) ?? '30'
  const templates = useQuery({ queryKey: ['templates'], queryFn: () => api.templates.list() }).data?.items ?? []
  const { data, error } = useQuery({ queryKey: ['funnel', campaign, days], queryFn: () => api.templates.funnel(campaign, Number(days)), enabled: campaign !== '' })
  const show = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setParams({ campaign: String(form.get('campaign') ?? '').trim(), days: String(form.get('days')) })
  }
  return (
    <section className="card" aria-label={t('notify.tab.funnels')}>
      <form className="notify-filter" onSubmit={show}>
        <Field key={campaign} label={t('notify.campaign')} hint={t('notify.campaignHint')} name="campaign" list="campaigns" required defaultValue={campaign} />
        <datalist id="campaigns">{templates.map(({ name }) => <option key={name} value={name} />)}</datalist>
        <Select label={t('notify.span')} name="days" defaultValue={days}>{spans.map((each) => <option key={each} value={each}>{t('notify.days', { count: Number(each) })}</option>)}</Select>
        <button className="button">{t('notify.show')}</button>
      </form>
      {campaign === '' ? <Empty icon={<ChartColumnDecreasing size={30} />} title={t('notify.pickCampaign')} /> : error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : data ? <FunnelChart funnel={data} /> : <Spinner />}
    </section>
  )
}

function FunnelChart({ funnel }: { funnel: Funnel }) {
  const { t, locale } = useI18n()
  const number = (value: number) => numberText(value, locale)
  const others = [['failed', funnel.failed], ['unsubscribed', funnel.unsubscribed], ['dismissed', funnel.dismissed], ['machineOpened', funnel.machine.opened], ['machineClicked', funnel.machine.clicked]] as const
  return (
    <>
      <p className="quiet-text">{t('notify.funnelSince', { count: funnel.notifications, number: number(funnel.notifications), time: fullText(funnel.since, locale) })}</p>
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
