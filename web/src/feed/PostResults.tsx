import { useInfiniteQuery } from '@tanstack/react-query'
import { FileSearch } from 'lucide-react'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { PostList } from './PostList'
import { POSTS } from './posts'

/** Posts and comments by their words, newest first: those that one may see. */
export function usePostSearch(q: string) {
  const api = useApi()
  return useInfiniteQuery({
    queryKey: [POSTS, 'search', q],
    queryFn: ({ pageParam }) => api.posts.search(q, { cursor: pageParam, limit: 20 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: q !== '',
    retry: false,
  })
}

export function PostResults({ pages }: { pages: ReturnType<typeof usePostSearch> }) {
  const { t } = useI18n()
  return <PostList pages={pages} label={t('search.results')} empty={<Empty icon={<FileSearch size={30} />} title={t('search.noPosts')} hint={t('search.noPostsHint')} />} />
}
