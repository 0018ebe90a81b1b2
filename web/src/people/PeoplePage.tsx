import type { User } from '@madang/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Inbox, List as ListIcon, PenLine, Search, UserRoundSearch, UsersRound } from 'lucide-react'
import { type ReactNode, useDeferredValue, useState } from 'react'
import { Link } from 'react-router'
import { useApi, useMe } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { PersonRow } from './PersonRow'
import { useRelations } from './use-relations'

const tabs = ['everyone', 'friends', 'requests'] as const
type Tab = (typeof tabs)[number]

export function PeoplePage() {
  const { t } = useI18n()
  const me = useMe()
  const [tab, setTab] = useState<Tab>('everyone')
  const { relations } = useRelations()
  const incoming = relations?.filter((relation) => relation.state === 'incoming').length ?? 0
  usePageTitle(`${t('people.title')} · ${t('app.name')}`)
  return (
    <main className="page" id="main">
      <header className="page-head">
        <h1>{t('people.title')}</h1>
        <div className="inbox-tools">
          <Link className="button quiet small" to="/lists"><ListIcon size={16} aria-hidden /> {t('list.title')}</Link>
          <Link className="button quiet small" to={`/people/${me.id}`}><PenLine size={16} aria-hidden /> {t('post.mine')}</Link>
        </div>
        <div className="tabs" role="group" aria-label={t('people.tabs')}>
          {tabs.map((each) => (
            <button key={each} type="button" aria-pressed={tab === each} onClick={() => setTab(each)}>
              {t(`people.${each}`)}
              {each === 'requests' && incoming > 0 && <span className="badge">{incoming}</span>}
            </button>
          ))}
        </div>
      </header>
      {tab === 'everyone' ? <Everyone /> : <Related tab={tab} />}
    </main>
  )
}

function Everyone() {
  const { t } = useI18n()
  const me = useMe()
  const api = useApi()
  const [typed, setTyped] = useState('')
  const q = useDeferredValue(typed.normalize('NFC').trim())
  const pages = useInfiniteQuery({
    queryKey: ['users', 'all', q],
    queryFn: ({ pageParam }) => api.accounts.search({ q: q || undefined, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const people = (pages.data?.pages ?? []).flatMap((page) => page.items).filter((person) => person.id !== me.id)
  return (
    <>
      <div className="search-box page-search">
        <Search size={18} aria-hidden />
        <input type="search" aria-label={t('people.search')} placeholder={t('people.search')} value={typed} onChange={(event) => setTyped(event.target.value)} />
      </div>
      {pages.isPending && <Spinner />}
      <People people={people} empty={pages.isSuccess && <Empty icon={<UserRoundSearch size={30} />} title={t('people.nobody')} hint={t('people.nobodyHint')} />} />
      {pages.hasNextPage && <button type="button" className="button" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t('action.more')}</button>}
    </>
  )
}

function Related({ tab }: { tab: 'friends' | 'requests' }) {
  const { t } = useI18n()
  const { relations } = useRelations()
  if (!relations) return <Spinner />
  const wanted = relations.filter(({ kind, state }) => kind === 'friend' && (tab === 'friends') === (state === 'accepted'))
  const empty =
    tab === 'friends' ? (
      <Empty icon={<UsersRound size={30} />} title={t('people.noFriends')} hint={t('people.noFriendsHint')} />
    ) : (
      <Empty icon={<Inbox size={30} />} title={t('people.noRequests')} hint={t('people.noRequestsHint')} />
    )
  return <People people={wanted.map((relation) => relation.user)} empty={empty} />
}

function People({ people, empty }: { people: readonly User[]; empty: ReactNode }) {
  const relations = useRelations()
  if (people.length === 0) return empty
  return (
    <ul className="card people-list">
      {people.map((person) => (
        <PersonRow key={person.id} person={person} relations={relations} />
      ))}
    </ul>
  )
}
