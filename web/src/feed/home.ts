import { type Cursor, type FeedPage, type Id, isKnownSignal, type Post } from '@madang/client'
import { type InfiniteData, type QueryClient, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { useApi, useMe } from '../app/session'
import { useChatStore } from '../chat/use-chat'
import { changePost, type PostPages, POSTS } from './posts'

export const HOME = [POSTS, 'home'] as const
const PAGE = 20

export type HomePages = InfiniteData<FeedPage, Cursor | undefined>

/** The home feed as it was read: it grows at both ends, and only when its reader wants it to. */
export function useHome() {
  const api = useApi()
  const queries = useQueryClient()
  const pages = useInfiniteQuery({
    queryKey: HOME,
    queryFn: ({ pageParam }) => api.feed.home({ cursor: pageParam, limit: PAGE }),
    initialPageParam: undefined as Cursor | undefined,
    getNextPageParam: (last: FeedPage) => last.next ?? undefined,
    retry: false,
    // Read again only by hand: what is on the screen must not move while somebody reads.
    staleTime: Infinity,
  })
  const readNewer = async () => {
    const known = queries.getQueryData<HomePages>(HOME)
    const newest = newestOf(known)
    if (newest === undefined) return void (await pages.refetch())
    const page = await api.feed.home({ since: newest, limit: PAGE })
    queries.setQueryData<HomePages>(HOME, (now) => now && withNewer(now, page))
  }
  const fill = async (gap: Cursor) => {
    const page = await api.feed.home({ cursor: gap, limit: PAGE })
    queries.setQueryData<HomePages>(HOME, (now) => now && withFilled(now, gap, page))
  }
  return { pages, readNewer, fill }
}

/** How many posts wait above, as the line tells; what the line lost is asked for when it comes back. */
export function useNewPosts(): { count: number; clear: () => void } {
  const api = useApi()
  const me = useMe()
  const queries = useQueryClient()
  const { realtime } = useChatStore()
  const [waiting, setWaiting] = useState<ReadonlySet<Id>>(new Set())
  const clear = useCallback(() => setWaiting(new Set()), [])
  useEffect(() => {
    const add = (ids: Id[]) => setWaiting((all) => new Set([...all, ...ids.filter((id) => !isShown(queries, id))]))
    const look = async () => {
      const newest = newestOf(queries.getQueryData<HomePages>(HOME))
      if (newest !== undefined) add((await api.feed.home({ since: newest, limit: PAGE })).items.map(({ id }) => id))
    }
    const offs = [
      realtime.on('reset', () => void look().catch(() => undefined)), // the next look shows it
      realtime.on('signal', (signal) => {
        if (!isKnownSignal(signal)) return
        const { type, data } = signal
        if (type === 'feed.new' && data.author_id !== me.id) add([data.post_id])
        if (type === 'feed.gone') {
          setWaiting((all) => new Set([...all].filter((each) => each !== data.post_id)))
          changePost(queries, data.post_id, () => undefined)
        }
        if (type === 'feed.changed' && isShown(queries, data.post_id)) void api.posts.get(data.post_id).then((post) => changePost(queries, post.id, () => post), () => undefined)
      }),
    ]
    return () => offs.forEach((off) => off())
  }, [api, me.id, queries, realtime])
  return { count: waiting.size, clear }
}

export const newestOf = (known: HomePages | undefined): Id | undefined => known?.pages.flatMap(({ items }) => items)[0]?.id

const isShown = (queries: QueryClient, id: Id) => queries.getQueryData<HomePages>(HOME)?.pages.some(({ items }) => items.some((post) => post.id === id)) ?? false

/** What came since before what is there, each post once; the end of the feed stays where it was. */
export function withNewer(known: HomePages, page: FeedPage): HomePages {
  if (page.items.length === 0) return known
  return { pages: [{ ...page, next: null }, ...without(known.pages, page.items)], pageParams: [undefined, ...known.pageParams] }
}

/** Closes a gap with the page that was read for it, which may end in a smaller one. */
export function withFilled(known: HomePages, gap: Cursor, page: FeedPage): HomePages {
  const at = known.pages.findIndex((each) => each.gap === gap)
  if (at < 0) return known
  const before = known.pages.slice(0, at + 1).map((each, index) => (index === at ? { ...each, gap: undefined } : each))
  const after = known.pages.slice(at + 1)
  const items = page.items.filter(({ id }) => !known.pages.some((each) => each.items.some((post) => post.id === id)))
  return { pages: [...before, { ...page, items, next: null }, ...after], pageParams: [...known.pageParams.slice(0, at + 1), gap, ...known.pageParams.slice(at + 1)] }
}

export function withOwn(known: HomePages, post: Post): HomePages {
  const [first, ...others] = without(known.pages, [post])
  return first ? { ...known, pages: [{ ...first, items: [post, ...first.items] }, ...others] } : known
}

function without(pages: readonly FeedPage[], posts: readonly Post[]): FeedPage[] {
  return pages.map((page) => ({ ...page, items: page.items.filter(({ id }) => !posts.some((post) => post.id === id)) }))
}

/** Puts a post that was just written before the others, where it belongs. */
export function addPost(queries: QueryClient, post: Post): void {
  queries.setQueryData<HomePages>(HOME, (known) => known && withOwn(known, post))
  queries.setQueryData<PostPages>([POSTS, 'of', post.author_id], (known) => {
    const [first, ...others] = known?.pages ?? []
    return known && first ? { ...known, pages: [{ ...first, items: [post, ...first.items.filter(({ id }) => id !== post.id)] }, ...others] } : known
  })
}
