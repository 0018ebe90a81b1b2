import type { Post } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { Eye, EyeOff, Flag, Link as LinkIcon, MoreHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useApi, useMe } from '../app/session'
import { useToasts } from '../app/toasts'
import { useI18n } from '../i18n/i18n'
import { Menu, MenuItem } from '../ui/Menu'
import { useAction } from '../ui/use-action'
import { changePost } from './posts'
import { ReportDialog } from './ReportDialog'

/** What one may do with a post beside answering it. */
export function PostMenu({ post, name }: { post: Post; name: string }) {
  const { t } = useI18n()
  const api = useApi()
  const me = useMe()
  const toasts = useToasts()
  const queries = useQueryClient()
  const { run } = useAction()
  const [reporting, setReporting] = useState(false)
  const mine = post.author_id === me.id
  const copy = () => run(async () => {
    await navigator.clipboard.writeText(`${location.origin}/posts/${post.id}`)
    toasts.info(t('post.linkCopied'))
  })
  const hide = () => run(async () => {
    await (post.hidden ? api.moderation.restore(post.id) : api.moderation.hide(post.id))
    changePost(queries, post.id, (each) => (mine || post.hidden ? { ...each, hidden: !post.hidden } : undefined))
    toasts.info(t(post.hidden ? 'post.restored' : 'post.hiddenNow'))
  })
  return (
    <>
      <Menu label={t('post.actions', { name })} icon={<MoreHorizontal size={20} aria-hidden />}>
        <MenuItem icon={<LinkIcon size={17} aria-hidden />} onChoose={() => void copy()}>{t('post.copyLink')}</MenuItem>
        {!mine && <MenuItem icon={<Flag size={17} aria-hidden />} onChoose={() => setReporting(true)}>{t('report.post')}</MenuItem>}
        {me.role !== 'user' && (
          <MenuItem icon={post.hidden ? <Eye size={17} aria-hidden /> : <EyeOff size={17} aria-hidden />} onChoose={() => void hide()}>{t(post.hidden ? 'post.restore' : 'post.hide')}</MenuItem>
        )}
      </Menu>
      {reporting && <ReportDialog about={{ post_id: post.id }} onClose={() => setReporting(false)} />}
    </>
  )
}
