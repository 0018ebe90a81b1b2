import type { Id, PeopleList } from '@madang/client'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { ListPlus, Trash2, UserPlus, X } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { useI18n } from '../i18n/i18n'
import { PeopleDialog } from '../notify/PeopleDialog'
import { Avatar } from '../ui/Avatar'
import { Confirm } from '../ui/Confirm'
import { Empty } from '../ui/Empty'
import { Field } from '../ui/Field'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'
import { usePerson } from './posts'

/** One's lists of people, which nobody else sees: to read them apart, and to write for them alone. */
export function ListsPage() {
  const { t } = useI18n()
  const api = useApi()
  usePageTitle(`${t('list.title')} · ${t('app.name')}`)
  const { data } = useQuery({ queryKey: ['lists'], queryFn: () => api.lists.all({ limit: 100 }) })
  return (
    <main className="page" id="main">
      <header className="page-head"><h1>{t('list.title')}</h1></header>
      <NewList />
      {data === undefined && <Spinner />}
      {data?.items.length === 0 && <Empty icon={<ListPlus size={30} />} title={t('list.none')} hint={t('list.noneHint')} />}
      {data?.items.map((list) => <ListCard key={list.id} list={list} />)}
    </main>
  )
}

function NewList() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [title, setTitle] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => {
      await api.lists.create({ title: title.normalize('NFC').trim() })
      setTitle('')
      await queries.invalidateQueries({ queryKey: ['lists'] })
    })
  }
  return (
    <form className="card one-field" onSubmit={submit}>
      <Field label={t('list.new')} value={title} maxLength={100} onChange={(event) => setTitle(event.target.value)} />
      <button className="button primary" disabled={busy || title.trim() === ''}>{t('action.create')}</button>
    </form>
  )
}

function ListCard({ list }: { list: PeopleList }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const title = useId()
  const { busy, run } = useAction()
  const [asking, setAsking] = useState<'people' | 'delete'>()
  const act = (action: () => Promise<unknown>) => () =>
    void run(async () => {
      await action()
      setAsking(undefined)
      await queries.invalidateQueries({ queryKey: ['lists'] })
    })
  return (
    <section className="card card-form" aria-labelledby={title}>
      <div className="section-head">
        <h2 id={title} className="list-title"><Link className="plain-link" to={`/lists/${list.id}`}>{list.title}</Link> <small>{t('room.members', { count: list.members })}</small></h2>
        <button type="button" className="icon-button" aria-label={t('list.delete', { title: list.title })} onClick={() => setAsking('delete')}><Trash2 size={18} aria-hidden /></button>
      </div>
      {asking === 'delete' && <Confirm label={t('list.delete', { title: list.title })} text={t('list.deleteSure')} action={t('list.deleteYes')} busy={busy} onNo={() => setAsking(undefined)} onYes={act(() => api.lists.delete(list.id))} />}
      <label className="check">
        <input type="checkbox" checked={list.exclusive} disabled={busy} onChange={({ target }) => act(() => api.lists.change(list.id, { exclusive: target.checked }))()} />
        {t('list.exclusive')}
      </label>
      <Members list={list} busy={busy} onRemove={(user) => act(() => api.lists.remove(list.id, user))()} />
      <div className="button-row"><button type="button" className="button small" onClick={() => setAsking('people')}><UserPlus size={16} aria-hidden /> {t('list.add')}</button></div>
      {asking === 'people' && (
        <PeopleDialog title={t('list.add')} busy={busy} onClose={() => setAsking(undefined)}
          onDone={(people) => act(async () => { for (const { id } of people) await api.lists.add(list.id, id) })()} />
      )}
    </section>
  )
}

function Members({ list, busy, onRemove }: { list: PeopleList; busy: boolean; onRemove: (user: Id) => void }) {
  const { t } = useI18n()
  const api = useApi()
  const pages = useInfiniteQuery({
    queryKey: ['lists', list.id, 'members'],
    queryFn: ({ pageParam }) => api.lists.members(list.id, { cursor: pageParam, limit: 30 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const members = (pages.data?.pages ?? []).flatMap((page) => page.items)
  if (members.length === 0) return null
  return (
    <>
      <ul>{members.map(({ user_id }) => <MemberRow key={user_id} id={user_id} busy={busy} onRemove={onRemove} />)}</ul>
      {pages.hasNextPage && <button type="button" className="button small" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t('action.more')}</button>}
    </>
  )
}

function MemberRow({ id, busy, onRemove }: { id: Id; busy: boolean; onRemove: (user: Id) => void }) {
  const { t } = useI18n()
  const { person } = usePerson(id)
  const name = person?.display_name ?? t('room.unknownPerson')
  return (
    <li className="person-row">
      <Avatar id={id} name={name} size={34} />
      <div className="person-name"><Link className="plain-link" to={`/people/${id}`}>{name}</Link></div>
      <button type="button" className="icon-button small" disabled={busy} aria-label={t('room.removeMember', { name })} onClick={() => onRemove(id)}><X size={17} aria-hidden /></button>
    </li>
  )
}
