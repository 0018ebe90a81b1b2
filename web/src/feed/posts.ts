import type { Id, List, Post, ReactionKind, User } from '@madang/client'
import { type InfiniteData, type QueryClient, type QueryKey, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useApi, useMe } from '../app/session'

const FRESH_MS = 5 * 60_000

/** Every query about posts begins with this. */
export const POSTS = 'posts'

export type PostPages = InfiniteData<List<Post>>

export function usePostsOf(user: Id) {
  const api = useApi()
  return useInfiniteQuery({
    queryKey: [POSTS, 'of', user],
    queryFn: ({ pageParam }) => api.posts.ofUser(user, { cursor: pageParam, limit: 20 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
  })
}

export function usePost(id: Id) {
  const api = useApi()
  return useQuery({ queryKey: [POSTS, 'one', id], queryFn: () => api.posts.get(id), retry: false })
}

/** Somebody by id, asked for once in a while. */
export function usePerson(id: Id | undefined): { person: User | undefined; error: unknown } {
  const api = useApi()
  const me = useMe()
  const { data, error } = useQuery({
    queryKey: ['user', id], queryFn: () => api.accounts.user(id ?? ''), enabled: id !== undefined && id !== me.id, staleTime: FRESH_MS, retry: false,
  })
  return { person: id === me.id ? me : data, error }
}

/** A share without words of its own: whatever is done to it is done to what it passes on. */
export const isPlainShare = (post: Post) => post.share_of !== undefined && (post.text ?? '') === ''

/** Changes a post wherever it is shown, also within a share; `undefined` takes it out of that list, and out of it the shares that say nothing else. */
export function changePost(queries: QueryClient, id: Id, change: (post: Post, where: QueryKey) => Post | undefined): void {
  for (const { queryKey } of queries.getQueryCache().findAll({ queryKey: [POSTS] })) {
    const within = (post: Post): Post[] => {
      const changed = post.id === id ? change(post, queryKey) : post
      if (!changed) return []
      const shared = changed.shared?.id === id ? change(changed.shared, queryKey) : changed.shared
      if (shared === changed.shared) return [changed]
      return shared || !isPlainShare(changed) ? [{ ...changed, shared }] : []
    }
    queries.setQueryData<PostPages | Post>(queryKey, (known) => {
      if (!known) return known
      if (!('pages' in known)) return within(known)[0] ?? known
      return { ...known, pages: known.pages.map((page) => ({ ...page, items: page.items.flatMap(within) })) }
    })
  }
}

/** Takes out what is gone. Of a comment that was answered its place is left; its own page asks the server what is left there. */
export function removePost(queries: QueryClient, id: Id): void {
  changePost(queries, id, (post, where) => {
    if (where[1] === 'one') return post
    return where[1] === 'comments' && post.counts.comments > 0 ? placeOf(post) : undefined
  })
  void queries.resetQueries({ queryKey: [POSTS, 'one', id] })
}

function placeOf({ id, root_id, parent_id, created_at, counts, viewer }: Post): Post {
  return { id, root_id, parent_id, created_at, counts, viewer, deleted: true }
}

/** Whether any list or page holds it. */
export function isHeld(queries: QueryClient, id: Id): boolean {
  const is = (post: Post) => post.id === id || post.shared?.id === id
  return queries.getQueriesData<PostPages | Post>({ queryKey: [POSTS] }).some(([, known]) => known && ('pages' in known ? known.pages.some(({ items }) => items.some(is)) : is(known)))
}

/** One's own share without words of a post, among what is held. */
export function heldShare(queries: QueryClient, me: Id, of: Id): Id | undefined {
  for (const [, known] of queries.getQueriesData<PostPages | Post>({ queryKey: [POSTS] })) {
    const posts = !known ? [] : 'pages' in known ? known.pages.flatMap(({ items }) => items) : [known]
    const share = posts.find((post) => post.author_id === me && post.share_of === of && isPlainShare(post))
    if (share) return share.id
  }
  return undefined
}

/** Puts a comment behind the others. */
export function addComment(queries: QueryClient, comment: Post): void {
  const under = comment.parent_id ?? comment.root_id ?? ''
  const thread = { queryKey: [POSTS, 'comments', under], exact: true }
  // What is on its way was asked for before the comment and may come without it: it is asked for again.
  if (queries.isFetching(thread) > 0) void queries.cancelQueries(thread).then(() => queries.refetchQueries(thread))
  queries.setQueryData<PostPages>(thread.queryKey, (known) => {
    const last = known?.pages.at(-1)
    if (!known || !last || known.pages.some(({ items }) => items.some(({ id }) => id === comment.id))) return known
    return { ...known, pages: [...known.pages.slice(0, -1), { ...last, items: [...last.items, comment] }] }
  })
  for (const id of new Set([under, comment.root_id ?? under])) changePost(queries, id, (post) => ({ ...post, counts: { ...post.counts, comments: post.counts.comments + 1 } }))
}

export const kinds = ['love', 'laugh', 'wow', 'sad', 'angry'] as const satisfies readonly ReactionKind[]
export const signs: Record<ReactionKind, string> = { like: '👍', love: '😍', laugh: '😂', wow: '😮', sad: '😢', angry: '😠' }

/** How a post looks when its reader has reacted, or no longer; the same when that was so already. */
export const withReaction = (kind: ReactionKind, on: boolean) => (post: Post): Post => {
  const step = on ? 1 : -1
  if (kind === 'like') {
    return post.viewer.liked === on ? post : { ...post, viewer: { ...post.viewer, liked: on }, counts: { ...post.counts, likes: Math.max(0, post.counts.likes + step) } }
  }
  const mine = post.viewer.reactions ?? []
  if (mine.includes(kind) === on) return post
  const reactions = { ...post.counts.reactions, [kind]: Math.max(0, (post.counts.reactions?.[kind] ?? 0) + step) }
  return { ...post, viewer: { ...post.viewer, reactions: on ? [...mine, kind] : mine.filter((each) => each !== kind) }, counts: { ...post.counts, reactions } }
}

export const withBookmark = (bookmarked: boolean) => (post: Post): Post => ({ ...post, viewer: { ...post.viewer, bookmarked } })

export const withShare = (shared: boolean) => (post: Post): Post =>
  post.viewer.shared === shared ? post : { ...post, viewer: { ...post.viewer, shared }, counts: { ...post.counts, shares: Math.max(0, post.counts.shares + (shared ? 1 : -1)) } }
