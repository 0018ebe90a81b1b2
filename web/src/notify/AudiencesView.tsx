import type { Audience, NewAudience } from '@madang/client'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronRight, Filter, Hash, Plus, UsersRound } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useApi } from '../app/session'
import { EndlessList } from '../crawl/EndlessList'
import { numberText } from '../crawl/text'
import { FormError } from '../entrance/form'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Dialog } from '../ui/Dialog'
import { Empty } from '../ui/Empty'
import { Field } from '../ui/Field'
import { RuleFields, ruleOf } from './AudienceRule'

/** Topics and segments: many people under one name. */
export function AudiencesView() {
  const { t } = useI18n()
  const api = useApi()
  const [creating, setCreating] = useState(false)
  const pages = useInfiniteQuery({
    queryKey: ['audiences', 'all'],
    queryFn: ({ pageParam }) => api.notifications.audiences({ cursor: pageParam, limit: 30 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  return (
    <section className="card" aria-label={t('notify.tab.audiences')}>
      <div className="card-head">
        <p className="quiet-text">{t('notify.audiencesHint')}</p>
        <button type="button" className="button" onClick={() => setCreating(true)}><Plus size={16} aria-hidden /> {t('notify.newAudience')}</button>
      </div>
      <EndlessList pages={pages} empty={<Empty icon={<UsersRound size={30} />} title={t('notify.noAudiences')} />}>
        {(items) => <ul className="rows">{items.map((audience) => <AudienceRow key={audience.name} audience={audience} />)}</ul>}
      </EndlessList>
      {creating && <NewAudienceDialog onClose={() => setCreating(false)} />}
    </section>
  )
}

function AudienceRow({ audience: { name, title, kind } }: { audience: Audience }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const reach = useQuery({ queryKey: ['reach', name], queryFn: () => api.notifications.reach(name), enabled: kind === 'topic' }).data
  const Icon = kind === 'topic' ? Hash : Filter
  const facts = [name, t(`notify.kind.${kind}`), ...(reach ? [t('notify.people', { count: reach.count, number: numberText(reach.count, locale) })] : [])]
  return (
    <li className="row link-row">
      <Icon size={18} aria-hidden />
      <div className="row-text">
        <Link className="cover-link" to={`/notify/audiences/${encodeURIComponent(name)}`}>{title}</Link>
        <small>{facts.join(' · ')}</small>
      </div>
      <ChevronRight size={18} aria-hidden />
    </li>
  )
}

function NewAudienceDialog({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [kind, setKind] = useState<Audience['kind']>('topic')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const create = async (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const wanted: NewAudience = { name: text('name'), title: text('title'), kind, ...(kind === 'topic' ? { open: form.has('open') } : { rule: ruleOf(form) }) }
    const { name } = await api.notifications.createAudience(wanted)
    await queries.invalidateQueries({ queryKey: ['audiences'] })
    await navigate(`/notify/audiences/${encodeURIComponent(name)}`)
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setError(undefined)
    setBusy(true)
    create(new FormData(event.currentTarget)).catch(setError).finally(() => setBusy(false))
  }
  return (
    <Dialog title={t('notify.newAudience')} onClose={onClose}>
      <form className="dialog-form" onSubmit={submit} noValidate>
        <fieldset className="plain-set close">
          <legend className="visually-hidden">{t('notify.kindLabel')}</legend>
          {(['topic', 'segment'] as const).map((each) => (
            <label key={each} className="check"><input type="radio" name="kind" checked={kind === each} onChange={() => setKind(each)} /> <span>{t(`notify.kind.${each}`)}<small className="quiet-text block">{t(`notify.kindHint.${each}`)}</small></span></label>
          ))}
        </fieldset>
        <Field label={t('notify.nameField')} hint={t('notify.nameHint')} name="name" maxLength={64} autoCapitalize="none" spellCheck={false} error={fieldText(t, error, 'name')} />
        <Field label={t('notify.titleOfAudience')} name="title" maxLength={100} error={fieldText(t, error, 'title')} />
        {kind === 'topic' ? <OpenCheck /> : <RuleFields error={error} />}
        <FormError error={error} />
        <button className="button primary wide" disabled={busy}>{t('action.create')}</button>
      </form>
    </Dialog>
  )
}

export function OpenCheck({ open = false }: { open?: boolean }) {
  const { t } = useI18n()
  return <label className="check"><input type="checkbox" name="open" defaultChecked={open} /> <span>{t('notify.openTopic')}<small className="quiet-text block">{t('notify.openTopicHint')}</small></span></label>
}
