import type { Cursor, FeedPage, Id, Post } from '@madang/client'
import { type InfiniteData, type QueryClient, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useApi } from '../app/session'
import { forgetShown } from './live'
import { type PostPages, POSTS } from './posts'

export const HOME = [POSTS, 'home'] as const
const PAGE = 20

/** `own`: not read but put there, so that what others wrote meanwhile is still to be read. */
type HomePage = FeedPage & { own?: true }
export type HomePages = InfiniteData<HomePage, Cursor | undefined>

/** The home feed as it was read: it grows at both ends, and only when its reader wants it to. */
export function useHome() {
  const api = useApi()
  const queries = useQueryClient()
  const pages = useInfiniteQuery({
    queryKey: HOME,
    queryFn: async ({ pageParam }) => {
      const page = await api.feed.home({ cursor: pageParam, limit: PAGE })
      if (pageParam === undefined) forgetShown(queries, page.items[0]?.id)
      return page
    },
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
    await changeHome(queries, (now) => withNewer(now, page))
    forgetShown(queries, page.items[0]?.id)
  }
  const fill = async (gap: Cursor) => {
    const page = await api.feed.home({ cursor: gap, limit: PAGE })
    await changeHome(queries, (now) => withFilled(now, gap, page))
  }
  return { pages, readNewer, fill }
}

/** A page on its way will be put behind what stood there when it was asked for: it is let go of, and asked for again where it is wanted. */
async function changeHome(queries: QueryClient, change: (known: HomePages) => HomePages): Promise<void> {
  if (queries.getQueryData(HOME) !== undefined && queries.isFetching({ queryKey: HOME, exact: true }) > 0) await queries.cancelQueries({ queryKey: HOME, exact: true })
  queries.setQueryData<HomePages>(HOME, (known) => known && change(known))
}

/** Up to where the feed was read. */
export const newestOf = (known: HomePages | undefined): Id | undefined => known?.pages.filter(({ own }) => !own).flatMap(({ items }) => items)[0]?.id

/** What came since before what is there, each post once; the end of the feed stays where it was. */
export function withNewer(known: HomePages, page: FeedPage): HomePages {
  if (page.items.length === 0) return known
  const { pages, pageParams } = without(known, page.items)
  return { pages: [{ ...page, next: null }, ...pages], pageParams: [undefined, ...pageParams] }
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
  const { pages, pageParams } = without(known, [post])
  const [first] = pages
  if (first?.own) return { pages: [{ ...first, items: [post, ...first.items] }, ...pages.slice(1)], pageParams }
  return { pages: [{ items: [post], next: null, prev: null, own: true }, ...pages], pageParams: [undefined, ...pageParams] }
}

function without({ pages, pageParams }: HomePages, posts: readonly Post[]): HomePages {
  const left = pages.map((page) => ({ ...page, items: page.items.filter(({ id }) => !posts.some((post) => post.id === id)) }))
  const isKept = left.map(({ own, items }) => !own || items.length > 0)
  return { pages: left.filter((_, index) => isKept[index]), pageParams: pageParams.filter((_, index) => isKept[index]) }
}

/** Puts a post that was just written before the others, where it belongs. */
export function addPost(queries: QueryClient, post: Post): void {
  void changeHome(queries, (known) => withOwn(known, post))
  queries.setQueryData<PostPages>([POSTS, 'of', post.author_id], (known) => {
    const [first, ...others] = known?.pages ?? []
    return known && first ? { ...known, pages: [{ ...first, items: [post, ...first.items.filter(({ id }) => id !== post.id)] }, ...others] } : known
  })
}
