import { MadangError, type Post } from '@madang/client'
import { MessageSquareOff } from 'lucide-react'
import { useRef } from 'react'
import { useParams } from 'react-router'
import { usePageTitle } from '../app/title-count'
import { BackLink } from '../crawl/BackLink'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { PostCard } from './PostCard'
import { isPlainShare, usePerson, usePost } from './posts'
import { Thread } from './Thread'
import { usePlace } from './use-place'

/** One post or comment, and what answers it. */
export function PostPage() {
  const { t } = useI18n()
  const { id = '' } = useParams()
  const page = useRef<HTMLElement>(null)
  const { data: post, error, isPending, isPaused } = usePost(id)
  const { person } = usePerson(post?.author_id)
  const kind = post?.root_id === undefined ? 'post' : 'comment'
  const title = person ? t(`post.titleBy.${kind}`, { name: person.display_name }) : t('post.title')
  usePageTitle(`${title} · ${t('app.name')}`)
  usePlace(page, post !== undefined)
  if (isPending) return <main className="page" id="main">{isPaused ? <p className="quiet-text" role="status">{t('feed.offline')}</p> : <Spinner />}</main>
  if (!post) {
    const isGone = error instanceof MadangError && error.status === 404
    return <main className="page" id="main"><Empty heading="h1" icon={<MessageSquareOff size={30} />} title={isGone ? t('post.notFound') : errorText(t, error)} hint={isGone ? t('post.notFoundHint') : undefined} /></main>
  }
  return (
    <main className="page" id="main" ref={page}>
      <Way post={post} />
      <header className="page-head"><h1>{title}</h1></header>
      <PostCard post={post} isOpen />
      <Thread key={post.id} post={isPlainShare(post) && post.shared ? post.shared : post} />
    </main>
  )
}

/** From a comment up to what it answers, and to the post that all of it stands under. */
function Way({ post }: { post: Post }) {
  const { t } = useI18n()
  const { parent_id, root_id } = post
  if (root_id === undefined) return <BackLink to="/feed" label={t('feed.title')} />
  return (
    <div className="post-way">
      <BackLink to={`/posts/${root_id}`} label={t('post.toRoot')} />
      {parent_id !== undefined && parent_id !== root_id && <BackLink to={`/posts/${parent_id}`} label={t('post.toParent')} />}
    </div>
  )
}
