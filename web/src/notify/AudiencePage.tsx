import type { Audience, AudienceMember, User } from '@madang/client'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Send, Trash2, UserMinus, UserPlus, UsersRound } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { BackLink } from '../crawl/BackLink'
import { EndlessList } from '../crawl/EndlessList'
import { numberText } from '../crawl/text'
import { FormError } from '../entrance/form'
import { errorText, fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Avatar } from '../ui/Avatar'
import { Confirm } from '../ui/Confirm'
import { Empty } from '../ui/Empty'
import { Field } from '../ui/Field'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'
import { RuleFields, ruleOf } from './AudienceRule'
import { OpenCheck } from './AudiencesView'
import { PeopleDialog } from './PeopleDialog'

/** A topic with its people, or a segment with its rule. */
export function AudiencePage() {
  const { t, locale } = useI18n()
  const { name = '' } = useParams()
  const api = useApi()
  const { data, error } = useQuery({ queryKey: ['audience', name], queryFn: () => api.notifications.audience(name) })
  const reach = useQuery({ queryKey: ['reach', name], queryFn: () => api.notifications.reach(name) }).data
  return (
    <>
      <BackLink to="/notify/audiences" label={t('notify.tab.audiences')} />
      {data ? (
        <>
          <section className="card notify-page" aria-label={data.title}>
            <div className="queue-head">
              <h2>{data.title}</h2>
              <code className="quiet-text">{name}</code>
              <span className="tag">{t(`notify.kind.${data.kind}`)}</span>
            </div>
            <p className="reach"><UsersRound size={18} aria-hidden /> {reach === undefined ? '…' : t(reach.more ? 'notify.peopleAtLeast' : 'notify.people', { count: reach.count, number: numberText(reach.count, locale) })}</p>
            <ChangeForm key={data.updated_at} audience={data} />
            <Actions audience={data} />
          </section>
          {data.kind === 'topic' && <Members name={name} />}
        </>
      ) : error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : <Spinner />}
    </>
  )
}

function ChangeForm({ audience }: { audience: Audience }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const toasts = useToasts()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const save = async (form: FormData) => {
    const title = String(form.get('title') ?? '').trim()
    queries.setQueryData(['audience', audience.name], { ...audience, ...(await api.notifications.updateAudience(audience.name, { title, ...(audience.kind === 'topic' ? { open: form.has('open') } : { rule: ruleOf(form) }) })) })
    toasts.info(t('saved'))
    await Promise.all([['audiences'], ['reach', audience.name]].map((queryKey) => queries.invalidateQueries({ queryKey })))
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setError(undefined)
    setBusy(true)
    save(new FormData(event.currentTarget)).catch(setError).finally(() => setBusy(false))
  }
  return (
    <form className="card-form" onSubmit={submit} noValidate>
      <Field label={t('notify.titleOfAudience')} name="title" maxLength={100} defaultValue={audience.title} error={fieldText(t, error, 'title')} />
      {audience.kind === 'topic' ? <OpenCheck open={audience.open} /> : <RuleFields rule={audience.rule} error={error} />}
      <FormError error={error} />
      <div className="button-row"><button className="button" disabled={busy}>{t('action.save')}</button></div>
    </form>
  )
}

function Actions({ audience: { name, title } }: { audience: Audience }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { busy, run } = useAction()
  const [asking, setAsking] = useState(false)
  const remove = () =>
    void run(async () => {
      await api.notifications.deleteAudience(name)
      await queries.invalidateQueries({ queryKey: ['audiences'] })
      await navigate('/notify/audiences')
    })
  if (asking) return <Confirm label={t('notify.deleteAudience')} text={t('notify.deleteAudienceSure', { name: title })} action={t('notify.deleteAudience')} busy={busy} onYes={remove} onNo={() => setAsking(false)} />
  return (
    <div className="button-row">
      <button type="button" className="button quiet danger" onClick={() => setAsking(true)}><Trash2 size={16} aria-hidden /> {t('notify.deleteAudience')}</button>
      <Link className="button primary" to={`/notify/send?audience=${encodeURIComponent(name)}`}><Send size={16} aria-hidden /> {t('notify.sendTo')}</Link>
    </div>
  )
}

function Members({ name }: { name: string }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const toasts = useToasts()
  const { busy, run } = useAction()
  const [adding, setAdding] = useState(false)
  const pages = useInfiniteQuery({
    queryKey: ['members', name],
    queryFn: ({ pageParam }) => api.notifications.members(name, { cursor: pageParam, limit: 50 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const reread = () => Promise.all([['members', name], ['reach', name]].map((queryKey) => queries.invalidateQueries({ queryKey })))
  const add = (people: User[]) =>
    void run(async () => {
      const { added } = await api.notifications.moveMembers(name, { add: people.map(({ id }) => id) })
      setAdding(false)
      toasts.info(t('notify.added', { count: added }))
      await reread()
    })
  const remove = (member: AudienceMember) =>
    void run(async () => {
      await api.notifications.moveMembers(name, { remove: [member.id] })
      await reread()
    })
  const here = (pages.data?.pages ?? []).flatMap((page) => page.items.map(({ id }) => id))
  return (
    <section className="card" aria-label={t('notify.members')}>
      <div className="card-head">
        <h2 className="card-title">{t('notify.members')}</h2>
        <button type="button" className="button" onClick={() => setAdding(true)}><UserPlus size={16} aria-hidden /> {t('notify.addPeople')}</button>
      </div>
      <EndlessList pages={pages} empty={<Empty icon={<UsersRound size={30} />} title={t('notify.noMembers')} />}>
        {(items) => (
          <ul className="rows">
            {items.map((member) => (
              <li key={member.id} className="row">
                <Avatar id={member.id} name={member.display_name} size={34} />
                <div className="row-text">{member.display_name}<small>@{member.name}{member.disabled ? ` · ${t('admin.disabled')}` : ''}</small></div>
                <button type="button" className="icon-button small" disabled={busy} aria-label={t('notify.removeMember', { name: member.display_name })} title={t('notify.removeMemberShort')} onClick={() => remove(member)}><UserMinus size={17} aria-hidden /></button>
              </li>
            ))}
          </ul>
        )}
      </EndlessList>
      {adding && <PeopleDialog title={t('notify.addPeople')} except={here} busy={busy} onDone={add} onClose={() => setAdding(false)} />}
    </section>
  )
}
