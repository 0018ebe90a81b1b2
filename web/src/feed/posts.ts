import type { Id, List, Post, User } from '@madang/client'
import { type InfiniteData, type QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
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

/** Changes a post wherever it is shown, also within a share; `undefined` takes it out of every list. */
export function changePost(queries: QueryClient, id: Id, change: (post: Post) => Post | undefined): void {
  const within = (post: Post): Post[] => {
    const changed = post.id === id ? change(post) : post
    if (!changed) return []
    const shared = changed.shared?.id === id ? change(changed.shared) : changed.shared
    return [shared === changed.shared ? changed : { ...changed, shared }]
  }
  queries.setQueriesData<PostPages | Post>({ queryKey: [POSTS] }, (known) => {
    if (!known) return known
    if (!('pages' in known)) return within(known)[0] ?? known
    return { ...known, pages: known.pages.map((page) => ({ ...page, items: page.items.flatMap(within) })) }
  })
}
