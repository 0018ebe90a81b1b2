import type { Post } from '@madang/client'
import { Repeat2 } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useI18n } from '../i18n/i18n'
import { fullText, shortText } from '../i18n/time'
import { AudienceIcon } from './AudienceIcon'
import { PostText } from './PostText'
import { Preview } from './Preview'
import { usePerson } from './posts'
import { VersionsDialog } from './VersionsDialog'

export function PostFacts({ post, isOpen, name }: { post: Post; isOpen: boolean; name?: string }) {
  const { t, locale } = useI18n()
  const time = isOpen ? fullText(post.created_at, locale) : shortText(post.created_at, locale, t)
  return (
    <small className="post-facts">
      {name && <span className="post-name">@{name}</span>}
      <Link to={`/posts/${post.id}`} title={fullText(post.created_at, locale)}><time dateTime={post.created_at}>{time}</time></Link>
      {post.edited_at && <Edited id={post.id} at={post.edited_at} />}
      {post.audience && <AudienceIcon audience={post.audience} />}
    </small>
  )
}

function Edited({ id, at }: { id: string; at: string }) {
  const { t, locale } = useI18n()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="link-button post-edited" title={fullText(at, locale)} aria-haspopup="dialog" onClick={() => setOpen(true)}>{t('post.edited')}</button>
      {open && <VersionsDialog id={id} onClose={() => setOpen(false)} />}
    </>
  )
}

export function PostBody({ post }: { post: Post }) {
  return (
    <>
      {post.text !== undefined && post.text !== '' && <PostText post={post} />}
      {post.link !== undefined && <Preview url={post.link} />}
    </>
  )
}

/** What a share with words passes on. */
export function SharedPost({ post }: { post: Post | undefined }) {
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
