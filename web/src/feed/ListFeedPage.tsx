import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Newspaper } from 'lucide-react'
import { useRef } from 'react'
import { useParams } from 'react-router'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { BackLink } from '../crawl/BackLink'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { PostList } from './PostList'
import { POSTS } from './posts'
import { usePlace } from './use-place'

/** What the people of one list have written. */
export function ListFeedPage() {
  const { t } = useI18n()
  const api = useApi()
  const page = useRef<HTMLElement>(null)
  const { id = '' } = useParams()
  const { data: lists } = useQuery({ queryKey: ['lists'], queryFn: () => api.lists.all({ limit: 100 }) })
  const title = lists?.items.find((list) => list.id === id)?.title ?? t('post.audience.list')
  usePageTitle(`${title} · ${t('app.name')}`)
  const pages = useInfiniteQuery({
    queryKey: [POSTS, 'list', id],
    queryFn: ({ pageParam }) => api.feed.ofList(id, { cursor: pageParam, limit: 20 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
  })
  usePlace(page, pages.isSuccess)
  return (
    <main className="page" id="main" ref={page}>
      <BackLink to="/lists" label={t('list.title')} />
      <header className="page-head"><h1 dir="auto">{title}</h1></header>
      <PostList pages={pages} label={title} empty={<Empty icon={<Newspaper size={30} />} title={t('post.none')} hint={t('list.feedNoneHint')} />} />
    </main>
  )
}
