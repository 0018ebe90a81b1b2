import type { Source, SourceVisit } from '@madang/client'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Download, Globe, Rss, Trash2, TriangleAlert } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Link } from 'react-router'
import { useApi, useMe } from '../app/session'
import { useToasts } from '../app/toasts'
import { usePageTitle } from '../app/title-count'
import { BackLink } from '../crawl/BackLink'
import { EndlessList } from '../crawl/EndlessList'
import { crawlCode, readable, webHref } from '../crawl/text'
import { errorText, fieldText } from '../i18n/error-text'
import { type Translate, useI18n } from '../i18n/i18n'
import type { Locale } from '../i18n/messages'
import { fullText } from '../i18n/time'
import { useRelations } from '../people/use-relations'
import { Confirm } from '../ui/Confirm'
import { Empty } from '../ui/Empty'
import { Field } from '../ui/Field'
import { useAction } from '../ui/use-action'
import { OpmlImport } from './OpmlImport'
import { usePerson } from './posts'

type Relations = ReturnType<typeof useRelations>

/** Feeds and pages of the web that write here like people. */
export function SourcesPage() {
  const { t } = useI18n()
  const api = useApi()
  const relations = useRelations()
  usePageTitle(`${t('source.title')} · ${t('app.name')}`)
  const pages = useInfiniteQuery({
    queryKey: ['sources'],
    queryFn: ({ pageParam }) => api.sources.all({ cursor: pageParam, limit: 50 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
  })
  return (
    <main className="page" id="main">
      <BackLink to="/feed" label={t('feed.title')} />
      <header className="page-head">
        <h1>{t('source.title')}</h1>
        <a className="button quiet small" href={api.sources.exportUrl()} download="sources.opml"><Download size={16} aria-hidden /> OPML</a>
      </header>
      <NewSource onAdded={(source) => relations.act(() => api.relations.follow(source.user_id))} />
      <EndlessList pages={pages} empty={<Empty icon={<Globe size={30} />} title={t('source.none')} hint={t('source.noneHint')} />}>
        {(sources) => <ul className="card people-list" aria-label={t('source.title')}>{sources.map((source) => <SourceRow key={source.id} source={source} relations={relations} />)}</ul>}
      </EndlessList>
      <OpmlImport />
    </main>
  )
}

/** The server looks at the address at once, so an error is known before it is kept. */
function NewSource({ onAdded }: { onAdded: (source: Source) => Promise<unknown> }) {
  const { t } = useI18n()
  const api = useApi()
  const toasts = useToasts()
  const queries = useQueryClient()
  const [url, setUrl] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setError(undefined)
    try {
      await onAdded(await api.sources.create(withScheme(url)))
      setUrl('')
      toasts.info(t('source.added'))
      await queries.invalidateQueries({ queryKey: ['sources'] })
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  const fault = error === undefined ? undefined : (fieldText(t, error, 'url') ?? errorText(t, error))
  return (
    <form className="card one-field" onSubmit={(event) => void submit(event)} noValidate>
      <Field label={t('source.url')} hint={t('source.urlHint')} error={fault} type="url" inputMode="url" autoCapitalize="none" spellCheck={false} placeholder="https://" value={url} maxLength={2000} onChange={(event) => setUrl(event.target.value)} />
      <button className="button primary" disabled={busy || url.trim() === ''}>{t(busy ? 'source.looking' : 'source.add')}</button>
    </form>
  )
}

/** People type addresses without their beginning. */
const withScheme = (url: string) => (/^[a-z][a-z0-9+.-]*:/i.test(url.trim()) ? url.trim() : `https://${url.trim()}`)

/** Why nothing new comes from it, and when that may change. */
function faultText(t: Translate, { status, code, at, next_at: next }: SourceVisit, locale: Locale): string {
  const why = code === undefined ? t('source.status', { status: status ?? '' }) : crawlCode(t, code)
  const when = at === undefined ? why : t('source.fault', { why, time: fullText(at, locale) })
  return next === undefined ? when : `${when} · ${t('source.next', { time: fullText(next, locale) })}`
}

function SourceRow({ source, relations }: { source: Source; relations: Relations }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const me = useMe()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [sure, setSure] = useState(false)
  const { person } = usePerson(source.user_id)
  const name = person?.display_name ?? readable(source.url)
  const follows = relations.bonds[source.user_id]?.follow ?? false
  const mayDelete = source.created_by === me.id || me.role !== 'user'
  const remove = () => run(async () => {
    await api.sources.delete(source.id)
    await queries.invalidateQueries({ queryKey: ['sources'] })
  })
  const Icon = source.kind === 'feed' ? Rss : Globe
  return (
    <li className="source-row">
      <div className="person-row">
        <Icon size={20} aria-hidden className="source-icon" />
        <div className="person-name">
          <Link className="plain-link" to={`/people/${source.user_id}`} dir="auto">{name}</Link>
          <small><a className="source-url" href={webHref(source.url)} target="_blank" rel="noopener noreferrer nofollow">{readable(source.url)}</a></small>
          <small>{t(`source.kind.${source.kind}`)} · {source.last_item_at === undefined ? t('source.nothing') : t('source.last', { time: fullText(source.last_item_at, locale) })}</small>
          {source.last_visit?.ok === false && <small className="source-fault"><TriangleAlert size={14} aria-hidden /> {faultText(t, source.last_visit, locale)}</small>}
        </div>
        <button type="button" className={`button small${follows ? '' : ' primary'}`} aria-pressed={follows} disabled={relations.busy} aria-label={t(follows ? 'people.followingName' : 'people.followName', { name })} onClick={() => void relations.change('follow', source.user_id, !follows)}>{t(follows ? 'people.following' : 'people.follow')}</button>
        {mayDelete && <button type="button" className="icon-button" aria-label={t('source.delete', { name })} title={t('source.deleteShort')} onClick={() => setSure(true)}><Trash2 size={18} aria-hidden /></button>}
      </div>
      {sure && <Confirm label={t('source.delete', { name })} text={t('source.deleteSure')} action={t('source.deleteShort')} busy={busy} onNo={() => setSure(false)} onYes={() => void remove()} />}
    </li>
  )
}
