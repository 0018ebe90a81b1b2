import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Hash } from 'lucide-react'
import { useRef } from 'react'
import { useParams } from 'react-router'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { useAction } from '../ui/use-action'
import { PostList } from './PostList'
import { POSTS } from './posts'
import { usePlace } from './use-place'
import { tagKey } from './words'

/** Posts that bear a tag; who follows it has them in the home feed, too. */
export function TagPage() {
  const { t } = useI18n()
  const api = useApi()
  const page = useRef<HTMLElement>(null)
  const tag = tagKey(useParams()['tag'] ?? '')
  usePageTitle(`#${tag} · ${t('app.name')}`)
  const pages = useInfiniteQuery({
    queryKey: [POSTS, 'tag', tag],
    queryFn: ({ pageParam }) => api.feed.ofTag(tag, { cursor: pageParam, limit: 20 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
  })
  usePlace(page, pages.isSuccess)
  return (
    <main className="page" id="main" ref={page}>
      <header className="page-head"><h1 dir="auto">#{tag}</h1><FollowTag tag={tag} /></header>
      <PostList pages={pages} label={`#${tag}`} empty={<Empty icon={<Hash size={30} />} title={t('tag.none')} />} />
    </main>
  )
}

function FollowTag({ tag }: { tag: string }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const { data } = useQuery({ queryKey: ['tags'], queryFn: () => api.lists.tags() })
  if (!data) return null
  const follows = data.items.some((each) => each.tag === tag)
  const change = () => run(async () => {
    await (follows ? api.lists.unfollowTag(tag) : api.lists.followTag(tag))
    await queries.invalidateQueries({ queryKey: ['tags'] })
  })
  return <button type="button" className={`button small${follows ? '' : ' primary'}`} aria-pressed={follows} disabled={busy} onClick={() => void change()}>{t(follows ? 'tag.following' : 'tag.follow')}</button>
}
