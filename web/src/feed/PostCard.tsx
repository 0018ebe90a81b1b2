import type { Post } from '@madang/client'
import { EyeOff, Repeat2 } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { Link } from 'react-router'
import { useI18n } from '../i18n/i18n'
import { shortText } from '../i18n/time'
import { Avatar } from '../ui/Avatar'
import { PostActions } from './PostActions'
import { PostMenu } from './PostMenu'
import { PostBody, PostFacts, SharedPost } from './PostParts'
import { isPlainShare, usePerson } from './posts'
import { Reactions } from './Reactions'

interface PostCardProps {
  post: Post
  isOpen?: boolean
  /** Answers in place; without it a link leads to where one answers. */
  onAnswer?: () => void
  children?: ReactNode
}

/** A post with its author, in a list or on its own page. A share without words shows what it passes on. */
export function PostCard({ post, isOpen = false, onAnswer, children }: PostCardProps) {
  const { t } = useI18n()
  const name = useId()
  if (post.deleted) return <div className="card post post-gone">{t('post.deleted')}</div>
  const passed = isPlainShare(post) && post.shared && !post.shared.deleted ? post.shared : undefined
  const main = passed ?? post
  return (
    <article className={`card post${isOpen ? ' open' : ''}`} aria-labelledby={name}>
      {passed && <SharedBy share={post} />}
      <PostHead post={main} share={passed && post} nameId={name} isOpen={isOpen} />
      {main.hidden && <p className="post-note"><EyeOff size={15} aria-hidden /> {t('post.hidden')}</p>}
      <PostBody post={main} />
      {main.share_of && <SharedPost post={main.shared} />}
      {children}
      <Reactions post={main} />
      <PostActions post={main} onAnswer={onAnswer} />
    </article>
  )
}

function SharedBy({ share }: { share: Post }) {
  const { t, locale } = useI18n()
  const { person } = usePerson(share.author_id)
  return (
    <p className="post-note">
      <Repeat2 size={15} aria-hidden />
      <span>{t('post.sharedBy')} <Link to={`/people/${share.author_id}`}>{person?.display_name ?? t('room.unknownPerson')}</Link> · <time dateTime={share.created_at}>{shortText(share.created_at, locale, t)}</time></span>
    </p>
  )
}

function PostHead({ post, share, nameId, isOpen }: { post: Post; share?: Post; nameId: string; isOpen: boolean }) {
  const { t } = useI18n()
  const { person } = usePerson(post.author_id)
  return (
    <header className="post-head">
      <Avatar id={post.author_id ?? post.id} name={person?.display_name ?? ''} size={42} />
      <div className="post-by">
        <Link id={nameId} className="post-author" to={`/people/${post.author_id}`}>{person?.display_name ?? t('room.unknownPerson')}</Link>
        <PostFacts post={post} isOpen={isOpen} name={person?.name} />
      </div>
      <PostMenu post={post} share={share} author={person} />
    </header>
  )
}
