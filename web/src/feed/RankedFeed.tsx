import { MadangError } from '@madang/client'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Newspaper } from 'lucide-react'
import { useEffect } from 'react'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { PostList } from './PostList'
import { POSTS } from './posts'

export const RANKED = [POSTS, 'ranked'] as const

/** The home feed with what probably matters to its reader first; the order stands while one reads on. */
export function useRanked(isWanted: boolean) {
  const api = useApi()
  const queries = useQueryClient()
  const pages = useInfiniteQuery({
    queryKey: RANKED,
    queryFn: ({ pageParam }) => api.feed.ranked({ cursor: pageParam, limit: 20 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: isWanted,
    retry: false,
    staleTime: Infinity,
  })
  // The server keeps an order for a while only: then it is read anew.
  const isGone = pages.error instanceof MadangError && pages.error.code === 'snapshot_gone'
  useEffect(() => {
    if (isGone) void queries.resetQueries({ queryKey: RANKED })
  }, [isGone, queries])
  return pages
}

export function RankedFeed({ pages }: { pages: ReturnType<typeof useRanked> }) {
  const { t } = useI18n()
  return <PostList pages={pages} label={t('feed.order.scored')} empty={<Empty icon={<Newspaper size={30} />} title={t('feed.none')} hint={t('feed.noneHint')} />} />
}
