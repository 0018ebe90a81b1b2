import { type Category, type CategoryRules, type DeliveryChannel, MadangError } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2, Undo2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { BackLink } from '../crawl/BackLink'
import { FormError } from '../entrance/form'
import { errorText, fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { channels } from '../preferences/Matrix'
import { Confirm } from '../ui/Confirm'
import { Field, Select } from '../ui/Field'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'
import { DurationField, durationOf } from './Duration'
import { languageName, titleOf } from './titles'

const priorities = ['high', 'normal', 'low'] as const
const doubts = ['hold', 'resend'] as const
const quiets = ['defer', 'digest', 'drop', 'ignore'] as const
const fresh = (name: string): Category => ({ name, titles: {}, mandatory: false, channels: ['inbox', 'push'], priority: 'normal', ambiguous: 'hold', quiet: 'defer', ttl_ms: 3 * 86_400_000, built_in: false })

/** The rules of one kind of notifications. */
export function CategoryPage() {
  const { t, locale } = useI18n()
  const { name = '' } = useParams()
  const api = useApi()
  const { data, error } = useQuery({
    queryKey: ['category', name],
    queryFn: async () => {
      try {
        return { category: await api.notifications.category(name), isNew: false }
      } catch (reason) {
        if (reason instanceof MadangError && reason.status === 404) return { category: fresh(name), isNew: true }
        throw reason
      }
    },
  })
  return (
    <>
      <BackLink to="/notify/categories" label={t('notify.tab.categories')} />
      {data ? (
        <div className="card notify-page">
          <div className="queue-head">
            <h2>{data.isNew ? name : titleOf(data.category, locale)}</h2>
            {!data.isNew && <code className="quiet-text">{name}</code>}
            <span className="tag">{t(data.category.built_in ? 'notify.builtIn' : data.isNew ? 'notify.unsaved' : 'notify.ownCategory')}</span>
          </div>
          <CategoryForm key={JSON.stringify(data.category)} category={data.category} />
          {!data.isNew && <Removal category={data.category} />}
        </div>
      ) : error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : <Spinner />}
    </>
  )
}

function CategoryForm({ category }: { category: Category }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const toasts = useToasts()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const languages = [...new Set(['ko', 'en', ...Object.keys(category.titles)])]
  const save = async (form: FormData) => {
    await api.notifications.putCategory(category.name, rulesOf(form, languages))
    toasts.info(t('saved'))
    await Promise.all([['category', category.name], ['categories'], ['preferences']].map((queryKey) => queries.invalidateQueries({ queryKey })))
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setError(undefined)
    setBusy(true)
    save(new FormData(event.currentTarget)).catch(setError).finally(() => setBusy(false))
  }
  const number = (name: 'per_hour' | 'per_day') => (
    <Field label={t(`notify.${name}`)} hint={t('notify.noLimitHint')} name={name} type="number" inputMode="numeric" min={1} defaultValue={category[name]} error={fieldText(t, error, name)} />
  )
  return (
    <form className="card-form" aria-label={t('notify.categoryRules')} onSubmit={submit} noValidate>
      <div className="two">
        {languages.map((tag) => <Field key={tag} label={t('notify.titleIn', { language: languageName(tag, locale) })} name={`title ${tag}`} maxLength={100} defaultValue={category.titles[tag]} error={fieldText(t, error, `titles.${tag}`) ?? fieldText(t, error, 'titles')} />)}
      </div>
      <p className="quiet-text">{t('notify.titleHint')}</p>
      <ChannelChecks legend={t('notify.defaultChannels')} chosen={category.channels} />
      <label className="check"><input type="checkbox" name="mandatory" defaultChecked={category.mandatory} /> <span>{t('notify.mandatory')}<small className="quiet-text block">{t('notify.mandatoryHint')}</small></span></label>
      <div className="two">{number('per_hour')}{number('per_day')}</div>
      <div className="two">
        <Select label={t('notify.priority')} name="priority" defaultValue={category.priority}>{priorities.map((each) => <option key={each} value={each}>{t(`notify.priority.${each}`)}</option>)}</Select>
        <Select label={t('notify.quiet')} name="quiet" defaultValue={category.quiet}>{quiets.map((each) => <option key={each} value={each}>{t(`notify.quiet.${each}`)}</option>)}</Select>
        <Select label={t('notify.doubt')} name="ambiguous" defaultValue={category.ambiguous}>{doubts.map((each) => <option key={each} value={each}>{t(`notify.doubt.${each}`)}</option>)}</Select>
      </div>
      <div className="two">
        <DurationField label={t('notify.digestWindow')} hint={t('notify.digestHint')} name="digest_window_ms" ms={category.digest_window_ms} error={fieldText(t, error, 'digest_window_ms')} />
        <DurationField label={t('notify.ttl')} hint={t('notify.ttlHint')} name="ttl_ms" ms={category.ttl_ms} error={fieldText(t, error, 'ttl_ms')} />
      </div>
      <FallbackFields category={category} error={error} />
      <FormError error={error} />
      <div className="button-row"><button className="button primary" disabled={busy}>{t('action.save')}</button></div>
    </form>
  )
}

export function ChannelChecks({ legend, chosen = [] }: { legend: string; chosen?: readonly DeliveryChannel[] }) {
  const { t } = useI18n()
  return (
    <fieldset className="send-channels">
      <legend>{legend}</legend>
      {channels.map((channel) => <label key={channel} className="check"><input type="checkbox" name="channels" value={channel} defaultChecked={chosen.includes(channel)} /> <span>{t(`notify.channel.${channel}`)}</span></label>)}
    </fieldset>
  )
}

function FallbackFields({ category, error }: { category: Category; error: unknown }) {
  const { t } = useI18n()
  const [on, setOn] = useState(category.fallback !== undefined)
  const choice = (name: 'from' | 'to', otherwise: DeliveryChannel) => (
    <Select label={t(`notify.fallback.${name}`)} name={`fallback_${name}`} defaultValue={category.fallback?.[name] ?? otherwise}>
      {channels.filter((each) => each !== 'webhook' && (name === 'from' || each !== 'inbox')).map((each) => <option key={each} value={each}>{t(`notify.channel.${each}`)}</option>)}
    </Select>
  )
  return (
    <fieldset className="plain-set">
      <legend className="visually-hidden">{t('notify.fallback')}</legend>
      <label className="check"><input type="checkbox" name="fallback" checked={on} onChange={({ target }) => setOn(target.checked)} /> <span>{t('notify.fallback')}</span></label>
      {on && (
        <div className="three">
          {choice('from', 'push')}
          <DurationField label={t('notify.fallback.after')} name="fallback_after" ms={category.fallback?.after_ms ?? 3_600_000} error={fieldText(t, error, 'after_ms')} />
          <div>{choice('to', 'email')}{fieldText(t, error, 'fallback.to') && <p className="field-note error">{t('notify.fallback.same')}</p>}</div>
        </div>
      )}
    </fieldset>
  )
}

function Removal({ category }: { category: Category }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { busy, run } = useAction()
  const [asking, setAsking] = useState(false)
  const [kind, Icon] = category.built_in ? (['restore', Undo2] as const) : (['deleteCategory', Trash2] as const)
  const remove = () =>
    void run(async () => {
      // One that is built in and was never changed is as it was made.
      await api.notifications.deleteCategory(category.name).catch((reason: unknown) => {
        if (!(category.built_in && reason instanceof MadangError && reason.status === 404)) throw reason
      })
      setAsking(false)
      await Promise.all([['category', category.name], ['categories'], ['preferences']].map((queryKey) => queries.invalidateQueries({ queryKey })))
      if (!category.built_in) await navigate('/notify/categories')
    })
  if (asking) return <Confirm label={t(`notify.${kind}`)} text={t(`notify.${kind}Sure`, { name: titleOf(category, locale) })} action={t(`notify.${kind}`)} busy={busy} onYes={remove} onNo={() => setAsking(false)} />
  return <div className="button-row"><button type="button" className="button quiet danger" onClick={() => setAsking(true)}><Icon size={16} aria-hidden /> {t(`notify.${kind}`)}</button></div>
}

/** What the form says; what is left empty is absent. */
export function rulesOf(form: FormData, languages: readonly string[]): Partial<CategoryRules> {
  const word = <Word extends string>(name: string, words: readonly Word[]) => words.find((each) => each === form.get(name))
  const count = (name: string) => (form.get(name) === '' ? undefined : Number(form.get(name)))
  const titles = languages.map((tag) => [tag, String(form.get(`title ${tag}`) ?? '').trim()] as const).filter(([, title]) => title !== '')
  const [from, to] = [word('fallback_from', channels), word('fallback_to', channels)]
  const after_ms = durationOf(form, 'fallback_after')
  return {
    titles: Object.fromEntries(titles),
    mandatory: form.has('mandatory'),
    channels: channels.filter((channel) => form.getAll('channels').includes(channel)),
    priority: word('priority', priorities),
    quiet: word('quiet', quiets),
    ambiguous: word('ambiguous', doubts),
    per_hour: count('per_hour'),
    per_day: count('per_day'),
    digest_window_ms: durationOf(form, 'digest_window_ms'),
    ttl_ms: durationOf(form, 'ttl_ms'),
    // A wait that was left empty is refused by name, as the server does.
    fallback: form.has('fallback') && from && to ? { from, to, after_ms: after_ms ?? 0 } : undefined,
  }
}
