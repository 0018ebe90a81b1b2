import { MadangError } from '@madang/client'
import { MessageSquareOff } from 'lucide-react'
import { useParams } from 'react-router'
import { usePageTitle } from '../app/title-count'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { PostCard } from './PostCard'
import { usePerson, usePost } from './posts'

/** One post. */
export function PostPage() {
  const { t } = useI18n()
  const { id = '' } = useParams()
  const { data: post, error, isPending } = usePost(id)
  const { person } = usePerson(post?.author_id)
  const title = person ? t('post.titleBy', { name: person.display_name }) : t('post.title')
  usePageTitle(`${title} · ${t('app.name')}`)
  if (isPending) return <main className="page" id="main"><Spinner /></main>
  if (!post) {
    const isGone = error instanceof MadangError && error.status === 404
    return <main className="page" id="main"><Empty heading="h1" icon={<MessageSquareOff size={30} />} title={isGone ? t('post.notFound') : errorText(t, error)} hint={isGone ? t('post.notFoundHint') : undefined} /></main>
  }
  return (
    <main className="page" id="main">
      <header className="page-head"><h1>{title}</h1></header>
      <PostCard post={post} isOpen />
    </main>
  )
}
