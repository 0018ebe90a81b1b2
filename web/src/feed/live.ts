import { type Id, isKnownSignal, type MadangApi, type Post } from '@madang/client'
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useApi, useMe } from '../app/session'
import { useChatStore } from '../chat/use-chat'
import { addPost, HOME, type HomePages, newestOf } from './home'
import { changePost, isHeld, removePost } from './posts'

const WAITING = ['feed-waiting'] as const
const LOOK = 20

/** Keeps the posts on the screen as the server has them, and remembers what waits above the home feed. Once per signed-in person. */
export function useFeedSignals(): void {
  const api = useApi()
  const me = useMe()
  const queries = useQueryClient()
  const { realtime } = useChatStore()
  useEffect(() => {
    const take = (id: Id, then: (post: Post) => void) => void api.posts.get(id).then(then, () => undefined) // what cannot be read now shows when it is read again
    const offs = [
      // What the line lost is asked for when it comes back.
      realtime.on('reset', () => void lookForNewer(api, queries)),
      realtime.on('signal', (signal) => {
        if (!isKnownSignal(signal)) return
        const { type, data } = signal
        if (type === 'feed.new') {
          if (data.author_id !== me.id) addWaiting(queries, [data.post_id])
          else if (!isHeld(queries, data.post_id)) take(data.post_id, (post) => addPost(queries, post))
        }
        if (type === 'feed.gone') {
          setWaiting(queries, (ids) => ids.filter((id) => id !== data.post_id))
          removePost(queries, data.post_id)
        }
        if (type === 'feed.changed' && isHeld(queries, data.post_id)) take(data.post_id, (post) => changePost(queries, post.id, () => post))
      }),
    ]
    return () => offs.forEach((off) => off())
  }, [api, me.id, queries, realtime])
}

/** How many posts wait above the home feed. */
export function useWaiting(): number {
  const { data } = useQuery<readonly Id[]>({ queryKey: WAITING, queryFn: () => [], enabled: false, initialData: [], gcTime: Infinity })
  return data.length
}

/** Asks what came meanwhile, without showing it. */
export async function lookForNewer(api: MadangApi, queries: QueryClient): Promise<void> {
  const since = newestOf(queries.getQueryData<HomePages>(HOME))
  if (since === undefined) return
  const page = await api.feed.home({ since, limit: LOOK }).catch(() => undefined) // the next look shows it
  if (page) addWaiting(queries, page.items.map(({ id }) => id))
}

/** What is no newer than the newest one on the screen waits no longer. */
export function forgetShown(queries: QueryClient, newest: Id | undefined): void {
  setWaiting(queries, (ids) => (newest === undefined ? [] : ids.filter((id) => isNewer(id, newest))))
}

function addWaiting(queries: QueryClient, ids: readonly Id[]): void {
  const newest = newestOf(queries.getQueryData<HomePages>(HOME))
  // Told of late, it may be further down than was read; one's own are shown before they are told of.
  const above = ids.filter((id) => !isInHome(queries, id) && (newest === undefined || isNewer(id, newest)))
  setWaiting(queries, (all) => [...new Set([...all, ...above])])
}

function setWaiting(queries: QueryClient, change: (ids: readonly Id[]) => readonly Id[]): void {
  queries.setQueryData<readonly Id[]>(WAITING, (ids = []) => change(ids))
}

const isInHome = (queries: QueryClient, id: Id) => queries.getQueryData<HomePages>(HOME)?.pages.some(({ items }) => items.some((post) => post.id === id)) ?? false

/** Ids are numbers that outgrow a double. */
const isNewer = (id: Id, than: Id) => (id.length === than.length ? id > than : id.length > than.length)
