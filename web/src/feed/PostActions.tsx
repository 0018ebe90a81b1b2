import { newClientId, type Post } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { Bookmark, Heart, MessageCircle, PenLine, Repeat2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useApi, useMe } from '../app/session'
import { useToasts } from '../app/toasts'
import { shortNumber } from '../crawl/text'
import { useI18n } from '../i18n/i18n'
import { Menu, MenuItem } from '../ui/Menu'
import { useAction } from '../ui/use-action'
import { addPost } from './home'
import { changePost, heldShare, POSTS, removePost, withBookmark, withShare } from './posts'
import { ReactMenu, useReact } from './Reactions'
import { ShareDialog } from './ShareDialog'
import { useOptimistic } from './use-optimistic'

/** Answer, share, like and keep; what one does shows at once, and is taken back where the server refuses it. */
export function PostActions({ post, onAnswer }: { post: Post; onAnswer?: () => void }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const react = useReact(post)
  const change = useOptimistic(post.id)
  const { counts, viewer } = post
  const keep = () => {
    change(withBookmark(!viewer.bookmarked), withBookmark(viewer.bookmarked), () => (viewer.bookmarked ? api.posts.unbookmark(post.id) : api.posts.bookmark(post.id)))
    void queries.invalidateQueries({ queryKey: [POSTS, 'bookmarks'], refetchType: 'none' })
  }
  const answers = <><MessageCircle size={18} aria-hidden /> {numberOf(counts.comments, locale)}</>
  const told = (count: number) => ({ count, shown: shortNumber(count, locale) })
  return (
    <div className="post-actions">
      {onAnswer
        ? <button type="button" className="post-action" aria-label={t('post.answerTo', told(counts.comments))} onClick={onAnswer}>{answers}</button>
        : <Link className="post-action" to={`/posts/${post.id}`} aria-label={t('post.comments', told(counts.comments))}>{answers}</Link>}
      {isShareable(post) && <ShareMenu post={post} />}
      <button type="button" className="post-action like" aria-pressed={viewer.liked} aria-label={t('post.like', told(counts.likes))} onClick={() => react('like')}><Heart size={18} aria-hidden /> {numberOf(counts.likes, locale)}</button>
      <ReactMenu post={post} />
      <button type="button" className="post-action" aria-pressed={viewer.bookmarked} aria-label={t('post.bookmark')} title={t('post.bookmark')} onClick={keep}><Bookmark size={18} aria-hidden /></button>
    </div>
  )
}

const numberOf = (count: number, locale: Parameters<typeof shortNumber>[1]) => (count > 0 ? shortNumber(count, locale) : '')

const isShareable = (post: Post) => post.audience === 'public' && post.root_id === undefined && !post.hidden

function ShareMenu({ post }: { post: Post }) {
  const { t, locale } = useI18n()
  const [writing, setWriting] = useState(false)
  const { share, takeBack } = useSharing(post)
  const { shared } = post.viewer
  const count = post.counts.shares
  return (
    <>
      <Menu label={t(shared ? 'post.sharedByMe' : 'post.shareCount', { count, shown: shortNumber(count, locale) })} icon={<><Repeat2 size={18} aria-hidden /> {numberOf(count, locale)}</>} className={`post-action${shared ? ' on' : ''}`}>
        {shared
          ? <MenuItem icon={<Undo2 size={17} aria-hidden />} onChoose={() => void takeBack()}>{t('post.unshare')}</MenuItem>
          : <MenuItem icon={<Repeat2 size={17} aria-hidden />} onChoose={() => void share()}>{t('post.share')}</MenuItem>}
        <MenuItem icon={<PenLine size={17} aria-hidden />} onChoose={() => setWriting(true)}>{t('post.shareWith')}</MenuItem>
      </Menu>
      {writing && <ShareDialog post={post} onClose={() => setWriting(false)} />}
    </>
  )
}

function useSharing(post: Post) {
  const { t } = useI18n()
  const api = useApi()
  const me = useMe()
  const toasts = useToasts()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const undo = async () => {
    await api.posts.unshare(post.id)
    const held = heldShare(queries, me.id, post.id)
    if (held !== undefined) removePost(queries, held)
    changePost(queries, post.id, withShare(false))
  }
  const share = async () => {
    if (busy) return
    await run(async () => {
      // Without words the same share is answered again, so an answer that was lost does no harm.
      const made = await api.posts.share(post.id, { client_id: newClientId() })
      addPost(queries, made)
      changePost(queries, post.id, withShare(true))
      toasts.info(t('post.sharedNow'), { label: t('action.undo'), run: () => void run(undo) })
    })
  }
  const takeBack = async () => {
    if (busy) return
    await run(async () => {
      await undo()
      toasts.info(t('post.unshared'))
    })
  }
  return { share, takeBack }
}
