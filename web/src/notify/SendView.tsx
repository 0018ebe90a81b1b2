import { type DeliveryChannel, MadangError, type NewNotification, newClientId, type Reach } from '@madang/client'
import { useRef, useState, type FormEvent } from 'react'
import { Send } from 'lucide-react'
import { useNavigate, useSearchParams } from 'react-router'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { durationText, numberText } from '../crawl/text'
import { FormError } from '../entrance/form'
import { errorText, fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Confirm } from '../ui/Confirm'
import { Field, Select } from '../ui/Field'
import { Spinner } from '../ui/Spinner'
import { useCategories } from './CategoriesView'
import { ChannelChecks } from './CategoryPage'
import { DurationField, durationOf } from './Duration'
import { type SendTarget, SendTo, toOf } from './SendTo'
import { SendPreview, SendWords, type Words, wordsOf } from './SendWords'
import { titleOf } from './titles'

/** Waits for a yes, with the number of people it would go to. */
interface Question {
  wanted: NewNotification
  reach: Reach
  /** What people read for the audience's name. */
  title?: string
}

/** Sends a notification by hand: to people, a topic or segment, or to everybody. */
export function SendView() {
  const { t } = useI18n()
  const { data, error } = useCategories()
  if (!data) return error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : <Spinner />
  return <SendForm categories={data.items} />
}

function SendForm({ categories }: { categories: NonNullable<ReturnType<typeof useCategories>['data']>['items'] }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const [params] = useSearchParams()
  const [target, setTarget] = useState<SendTarget>({ kind: params.has('audience') ? 'audience' : 'users', people: [], audience: params.get('audience') ?? '' })
  const [words, setWords] = useState<Words>({ kind: 'content', title: '', body: '', url: '', template: '', values: {}, more: '' })
  const [category, setCategory] = useState(() => categories.find(({ name }) => name === 'announcement')?.name ?? categories[0]?.name ?? '')
  const sending = useSending()
  const { error, busy } = sending
  const chosen = categories.find(({ name }) => name === category)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    sending.check(async () => {
      const text = (name: string) => String(form.get(name) ?? '').trim()
      const ttl = durationOf(form, 'ttl')
      if (target.kind === 'audience' && target.audience === '') throw new MadangError('invalid_fields', '', { status: 422, errors: [{ field: 'to.audience', code: 'required' }] })
      const wanted: Omit<NewNotification, 'event_id'> = {
        category,
        to: toOf(target),
        ...wordsOf(words, text('campaign')),
        channels: form.getAll('channels').length === 0 ? undefined : (form.getAll('channels') as DeliveryChannel[]),
        send_at: text('send_at') === '' ? undefined : new Date(text('send_at')).toISOString(),
        ttl: ttl === undefined ? undefined : Math.round(ttl / 1_000),
      }
      if (target.kind === 'users') return { wanted }
      if (target.kind === 'all') return { wanted, reach: await api.notifications.reach() }
      const [{ title }, reach] = await Promise.all([api.notifications.audience(target.audience), api.notifications.reach(target.audience)])
      return { wanted, reach, title }
    })
  }
  return (
    <div className="template-columns">
      <form className="card card-form" aria-label={t('notify.tab.send')} onSubmit={submit} onChange={sending.forget} noValidate>
        <SendTo target={target} onTarget={(next) => { sending.forget(); setTarget(next) }} error={error} />
        <Select label={t('notify.category')} value={category} onChange={(event) => setCategory(event.target.value)}>
          {categories.map((each) => <option key={each.name} value={each.name}>{titleOf(each, locale)}</option>)}
        </Select>
        <SendWords words={words} onWords={setWords} error={error} />
        <ChannelChecks legend={t('notify.channelsLabel')} />
        <div className="two">
          <Field label={t('notify.sendAt')} hint={t('notify.sendAtHint')} name="send_at" type="datetime-local" error={fieldText(t, error, 'send_at')} />
          <DurationField label={t('notify.ttl')} hint={chosen && t('notify.ttlDefault', { time: durationText(chosen.ttl_ms, locale) })} name="ttl" error={fieldText(t, error, 'ttl')} />
        </div>
        <Field label={t('notify.campaign')} hint={t('notify.campaignSendHint')} name="campaign" maxLength={100} />
        <FormError error={error} />
        {sending.question
          ? <Confirm label={t('notify.send')} text={questionText(t, sending.question, numberText(sending.question.reach.count, locale))} action={t('notify.sendDo')} busy={busy} onYes={sending.confirm} onNo={sending.forget} />
          : <div className="button-row"><button className="button primary" disabled={busy}><Send size={16} aria-hidden /> {t('notify.send')}</button></div>}
      </form>
      <div className="template-side"><SendPreview words={words} /></div>
    </div>
  )
}

function questionText(t: ReturnType<typeof useI18n>['t'], { reach: { count, more }, title }: Question, number: string): string {
  const people = t(more ? 'notify.peopleAtLeast' : 'notify.people', { count, number })
  return title === undefined ? t('notify.sendAllSure', { people }) : t('notify.sendAudienceSure', { people, name: title })
}

/** One notification on its way: checked, asked about where it goes to many, accepted. The same form sent twice is one notification. */
function useSending() {
  const { t } = useI18n()
  const api = useApi()
  const toasts = useToasts()
  const navigate = useNavigate()
  const [question, setQuestion] = useState<Question>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const event = useRef(newClientId())
  const run = (work: () => Promise<void>) => {
    setError(undefined)
    setBusy(true)
    work().catch(setError).finally(() => setBusy(false))
  }
  const send = async (wanted: NewNotification) => {
    const { id } = await api.notifications.send(wanted)
    event.current = newClientId()
    toasts.info(t('notify.accepted'))
    await navigate(`/notify/log/${id}`)
  }
  return {
    question,
    error,
    busy,
    check: (read: () => Promise<{ wanted: Omit<NewNotification, 'event_id'>; reach?: Reach; title?: string }>) =>
      run(async () => {
        const { wanted, reach, title } = await read()
        const named = { ...wanted, event_id: event.current }
        if (reach) setQuestion({ wanted: named, reach, title })
        else await send(named)
      }),
    confirm: () => {
      if (question) run(() => send(question.wanted).finally(() => setQuestion(undefined)))
    },
    /** What was asked about is no longer what would be sent. */
    forget: () => {
      if (question) setQuestion(undefined)
      if (error instanceof MadangError && error.code === 'idempotency_conflict') event.current = newClientId()
    },
  }
}
