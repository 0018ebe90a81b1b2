import type { Post, User } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { BellOff, CircleHelp, Eye, EyeOff, Flag, Link as LinkIcon, MoreHorizontal, Pencil, SmilePlus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useApi, useMe } from '../app/session'
import { useToasts } from '../app/toasts'
import { useI18n } from '../i18n/i18n'
import { MuteDialog } from '../people/MuteDialog'
import { Confirm } from '../ui/Confirm'
import { Dialog } from '../ui/Dialog'
import { Menu, MenuItem } from '../ui/Menu'
import { useAction } from '../ui/use-action'
import { EditPost } from './EditPost'
import { ExplainDialog } from './ExplainDialog'
import { changePost, isPlainShare, removePost } from './posts'
import { ReactorsDialog } from './ReactorsDialog'
import { ReportDialog } from './ReportDialog'

type Open = 'report' | 'edit' | 'delete' | 'why' | 'reactors' | 'mute'

interface PostMenuProps {
  post: Post
  /** What brought it here, if somebody passed it on. */
  share?: Post
  author: User | undefined
}

/** What one may do with a post beside answering it. */
export function PostMenu({ post, share, author }: PostMenuProps) {
  const { t } = useI18n()
  const me = useMe()
  const [open, setOpen] = useState<Open>()
  const { copy, hide } = useDeeds(post)
  const mine = post.author_id === me.id
  const name = author?.display_name ?? ''
  const close = () => setOpen(undefined)
  return (
    <>
      <Menu label={t('post.actions', { name })} icon={<MoreHorizontal size={20} aria-hidden />}>
        <MenuItem icon={<LinkIcon size={17} aria-hidden />} onChoose={() => void copy()}>{t('post.copyLink')}</MenuItem>
        {!mine && <MenuItem icon={<Flag size={17} aria-hidden />} onChoose={() => setOpen('report')}>{t('report.post')}</MenuItem>}
        <MenuItem icon={<SmilePlus size={17} aria-hidden />} onChoose={() => setOpen('reactors')}>{t('reaction.who')}</MenuItem>
        {post.root_id === undefined && <MenuItem icon={<CircleHelp size={17} aria-hidden />} onChoose={() => setOpen('why')}>{t('explain.ask')}</MenuItem>}
        {!mine && author && <MenuItem icon={<BellOff size={17} aria-hidden />} onChoose={() => setOpen('mute')}>{t('people.muteFor')}</MenuItem>}
        {mine && !isPlainShare(post) && <MenuItem icon={<Pencil size={17} aria-hidden />} onChoose={() => setOpen('edit')}>{t('post.edit')}</MenuItem>}
        {me.role !== 'user' && (
          <MenuItem icon={post.hidden ? <Eye size={17} aria-hidden /> : <EyeOff size={17} aria-hidden />} onChoose={() => void hide()}>{t(post.hidden ? 'post.restore' : 'post.hide')}</MenuItem>
        )}
        {mine && <MenuItem danger icon={<Trash2 size={17} aria-hidden />} onChoose={() => setOpen('delete')}>{t('post.delete')}</MenuItem>}
      </Menu>
      {open === 'report' && <ReportDialog about={{ post_id: post.id }} onClose={close} />}
      {open === 'reactors' && <ReactorsDialog id={post.id} onClose={close} />}
      {open === 'why' && <ExplainDialog id={share?.id ?? post.id} by={name} onClose={close} />}
      {open === 'mute' && author && <MuteDialog person={author} onClose={close} />}
      {open === 'edit' && <EditPost post={post} onClose={close} />}
      {open === 'delete' && <DeleteDialog post={post} onClose={close} />}
    </>
  )
}

function useDeeds(post: Post) {
  const { t } = useI18n()
  const api = useApi()
  const me = useMe()
  const toasts = useToasts()
  const queries = useQueryClient()
  const { run } = useAction()
  const copy = () => run(async () => {
    await navigator.clipboard.writeText(`${location.origin}/posts/${post.id}`)
    toasts.info(t('post.linkCopied'))
  })
  const hide = () => run(async () => {
    await (post.hidden ? api.moderation.restore(post.id) : api.moderation.hide(post.id))
    changePost(queries, post.id, (each) => (post.author_id === me.id || post.hidden ? { ...each, hidden: !post.hidden } : undefined))
    toasts.info(t(post.hidden ? 'post.restored' : 'post.hiddenNow'))
  })
  return { copy, hide }
}

function DeleteDialog({ post, onClose }: { post: Post; onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const toasts = useToasts()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const remove = async () => {
    const done = await run(() => api.posts.delete(post.id))
    if (!done) return
    onClose()
    toasts.info(t('post.deletedNow'))
    removePost(queries, post.id)
  }
  return (
    <Dialog title={t('post.delete')} onClose={onClose}>
      <Confirm label={t('post.delete')} text={t('post.deleteSure')} action={t('post.delete')} busy={busy} onNo={onClose} onYes={() => void remove()} />
    </Dialog>
  )
}
