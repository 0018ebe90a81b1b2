import type { Cursor, FeedPage } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { ArrowUp, Newspaper } from 'lucide-react'
import { Fragment, useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'
import { useNear } from '../ui/use-near'
import { FeedNav } from './FeedNav'
import { useHome } from './home'
import { lookForNewer, useWaiting } from './live'
import { PostCard } from './PostCard'
import { PostComposer } from './PostComposer'
import { RANKED, RankedFeed, useRanked } from './RankedFeed'
import { usePerson } from './posts'
import { usePlace } from './use-place'

const orders = ['newest', 'scored'] as const
const ORDER = 'madang.feed-order'

/** What the people one follows have written: newest first, or what probably matters first. */
export function HomePage() {
  const { t } = useI18n()
  const queries = useQueryClient()
  const page = useRef<HTMLElement>(null)
  const [order, setOrder] = useState(() => orders.find((each) => each === localStorage.getItem(ORDER)) ?? 'newest')
  const ranked = useRanked(order === 'scored')
  usePageTitle(`${t('feed.title')} · ${t('app.name')}`)
  const home = useHome()
  usePlace(page, order === 'scored' ? ranked.isSuccess : home.pages.isSuccess, `feed-${order}`)
  const choose = (next: (typeof orders)[number]) => {
    localStorage.setItem(ORDER, next)
    setOrder(next)
    // Asked for, the order is made anew; on the way back it stands as it was.
    if (next === 'scored') void queries.resetQueries({ queryKey: RANKED })
  }
  return (
    <main className="page" id="main" ref={page}>
      <header className="page-head feed-head"><h1>{t('feed.title')}</h1><FeedNav /></header>
      <PostComposer />
      <div className="tabs feed-order" role="group" aria-label={t('feed.order')}>
        {orders.map((each) => <button key={each} type="button" aria-pressed={order === each} onClick={() => choose(each)}>{t(`feed.order.${each}`)}</button>)}
      </div>
      {order === 'scored' ? <RankedFeed pages={ranked} /> : <NewestFeed home={home} onTop={() => page.current?.scrollTo({ top: 0 })} />}
    </main>
  )
}

function NewestFeed({ home: { pages, readNewer, fill }, onTop }: { home: ReturnType<typeof useHome>; onTop: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const count = useWaiting()
  const { busy, run } = useAction()
  useEffect(() => void lookForNewer(api, queries), [api, queries])
  const showNew = () => run(async () => {
    await readNewer()
    onTop()
  })
  const isEmpty = pages.isSuccess && pages.data.pages.every(({ items }) => items.length === 0)
  return (
    <>
      <div className="feed-new" role="status">
        {count > 0 && <button type="button" className="button small primary" disabled={busy} onClick={() => void showNew()}><ArrowUp size={16} aria-hidden /> {t('feed.new', { count })}</button>}
      </div>
      {pages.isPending && (pages.isPaused ? <p className="quiet-text" role="status">{t('feed.offline')}</p> : <Spinner />)}
      {pages.isError && <p className="form-error" role="alert">{errorText(t, pages.error)}</p>}
      {pages.isLoadingError && <button type="button" className="button" onClick={() => void pages.refetch()}>{t('action.retry')}</button>}
      {isEmpty && <Empty icon={<Newspaper size={30} />} title={t('feed.none')} hint={t('feed.noneHint')}><Link className="button" to="/people">{t('feed.findPeople')}</Link></Empty>}
      {!isEmpty && pages.data && <ul className="posts" aria-label={t('feed.title')}>{pages.data.pages.flatMap((each) => rowsOf(each, fill))}</ul>}
      <FeedEnd pages={pages} />
    </>
  )
}

function rowsOf(page: FeedPage, onFill: (gap: Cursor) => Promise<void>) {
  return [
    ...page.items.map((post) => <li key={post.id}><PostCard post={post}><AlsoShared ids={page.also_shared?.[post.id]?.filter((id) => id !== post.author_id)} /></PostCard></li>),
    page.gap !== undefined && <Gap key={page.gap} gap={page.gap} onFill={onFill} />,
  ]
}

function Gap({ gap, onFill }: { gap: Cursor; onFill: (gap: Cursor) => Promise<void> }) {
  const { t } = useI18n()
  const { busy, run } = useAction()
  return <li className="feed-gap"><button type="button" className="button small" disabled={busy} onClick={() => void run(() => onFill(gap))}>{t('feed.gap')}</button></li>
}

/** Who else passed on what a post says. */
function AlsoShared({ ids = [] }: { ids?: readonly string[] }) {
  const { t } = useI18n()
  if (ids.length === 0) return null
  return <p className="post-note"><span>{t('feed.alsoShared')} {ids.slice(0, 3).map((id, index) => <Fragment key={id}>{index > 0 && ', '}<Sharer id={id} /></Fragment>)}{ids.length > 3 && ' …'}</span></p>
}

function Sharer({ id }: { id: string }) {
  const { t } = useI18n()
  const { person } = usePerson(id)
  return <Link to={`/people/${id}`}>{person?.display_name ?? t('room.unknownPerson')}</Link>
}

/** Reads on when its end comes near; the button does the same for who does not scroll. */
function FeedEnd({ pages }: { pages: ReturnType<typeof useHome>['pages'] }) {
  const { t } = useI18n()
  const end = useRef<HTMLButtonElement>(null)
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = pages
  const reads = hasNextPage && !isFetchingNextPage && !isFetchNextPageError
  useNear(end, reads, fetchNextPage, pages.data)
  return hasNextPage ? <button ref={end} type="button" className="button endless-more" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('action.more')}</button> : null
}
