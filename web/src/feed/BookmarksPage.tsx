import { useInfiniteQuery } from '@tanstack/react-query'
import { Bookmark } from 'lucide-react'
import { useRef } from 'react'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { BackLink } from '../crawl/BackLink'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { PostList } from './PostList'
import { POSTS } from './posts'
import { usePlace } from './use-place'

/** What one kept, newest bookmark first. */
export function BookmarksPage() {
  const { t } = useI18n()
  const api = useApi()
  const page = useRef<HTMLElement>(null)
  usePageTitle(`${t('bookmark.title')} · ${t('app.name')}`)
  const pages = useInfiniteQuery({
    queryKey: [POSTS, 'bookmarks'],
    queryFn: ({ pageParam }) => api.posts.bookmarks({ cursor: pageParam, limit: 20 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
  })
  usePlace(page, pages.isSuccess)
  return (
    <main className="page" id="main" ref={page}>
      <BackLink to="/feed" label={t('feed.title')} />
      <header className="page-head"><h1>{t('bookmark.title')}</h1></header>
      <PostList pages={pages} label={t('bookmark.title')} empty={<Empty icon={<Bookmark size={30} />} title={t('bookmark.none')} hint={t('bookmark.noneHint')} />} />
    </main>
  )
}
