import type { Post } from '@madang/client'
import { EyeOff, Repeat2 } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { Link } from 'react-router'
import { useI18n } from '../i18n/i18n'
import { fullText, shortText } from '../i18n/time'
import { Avatar } from '../ui/Avatar'
import { AudienceIcon } from './AudienceIcon'
import { PostMenu } from './PostMenu'
import { PostText } from './PostText'
import { Preview } from './Preview'
import { usePerson } from './posts'

/** A post with its author, in a list or on its own page. */
export function PostCard({ post, isOpen = false, children }: { post: Post; isOpen?: boolean; children?: ReactNode }) {
  const { t } = useI18n()
  const name = useId()
  if (post.deleted) return <div className="card post post-gone">{t('post.deleted')}</div>
  return (
    <article className={`card post${isOpen ? ' open' : ''}`} aria-labelledby={name}>
      <PostHead post={post} nameId={name} isOpen={isOpen} />
      {post.hidden && <p className="post-note"><EyeOff size={15} aria-hidden /> {t('post.hidden')}</p>}
      <PostBody post={post} />
      {post.share_of && <SharedPost post={post.shared} />}
      {children}
    </article>
  )
}

function PostHead({ post, nameId, isOpen }: { post: Post; nameId: string; isOpen: boolean }) {
  const { t } = useI18n()
  const { person } = usePerson(post.author_id)
  return (
    <header className="post-head">
      <Avatar id={post.author_id ?? post.id} name={person?.display_name ?? ''} size={42} />
      <div className="post-by">
        <Link id={nameId} className="post-author" to={`/people/${post.author_id}`}>{person?.display_name ?? t('room.unknownPerson')}</Link>
        <PostFacts post={post} isOpen={isOpen} name={person?.name} />
      </div>
      <PostMenu post={post} name={person?.display_name ?? ''} />
    </header>
  )
}

function PostFacts({ post, isOpen, name }: { post: Post; isOpen: boolean; name?: string }) {
  const { t, locale } = useI18n()
  const time = isOpen ? fullText(post.created_at, locale) : shortText(post.created_at, locale, t)
  return (
    <small className="post-facts">
      {name && <span className="post-name">@{name}</span>}
      <Link to={`/posts/${post.id}`} title={fullText(post.created_at, locale)}><time dateTime={post.created_at}>{time}</time></Link>
      {post.edited_at && <span title={fullText(post.edited_at, locale)}>{t('post.edited')}</span>}
      {post.audience && <AudienceIcon audience={post.audience} />}
    </small>
  )
}

function PostBody({ post }: { post: Post }) {
  return (
    <>
      {post.text !== undefined && post.text !== '' && <PostText post={post} />}
      {post.link !== undefined && <Preview url={post.link} />}
    </>
  )
}

function SharedPost({ post }: { post: Post | undefined }) {
  const { t } = useI18n()
  const { person } = usePerson(post?.author_id)
  if (!post || post.deleted) return <p className="post-note"><Repeat2 size={15} aria-hidden /> {t('post.sharedGone')}</p>
  return (
    <blockquote className="post-shared">
      <div className="post-by">
        <Link className="post-author" to={`/people/${post.author_id}`}>{person?.display_name ?? t('room.unknownPerson')}</Link>
        <PostFacts post={post} isOpen={false} name={person?.name} />
      </div>
      <PostBody post={post} />
    </blockquote>
  )
}
