import type { Post, ReactionKind } from '@madang/client'
import { SmilePlus } from 'lucide-react'
import { useApi } from '../app/session'
import { shortNumber } from '../crawl/text'
import { useI18n } from '../i18n/i18n'
import { Menu, MenuItem } from '../ui/Menu'
import { kinds, signs, withReaction } from './posts'
import { useOptimistic } from './use-optimistic'

/** Takes a reaction back or gives it; what one does shows at once. */
export function useReact(post: Post) {
  const api = useApi()
  const change = useOptimistic(post.id)
  return (kind: ReactionKind) => {
    const on = kind === 'like' ? post.viewer.liked : (post.viewer.reactions ?? []).includes(kind)
    change(withReaction(kind, !on), withReaction(kind, on), () => (kind === 'like' ? (on ? api.posts.unlike(post.id) : api.posts.like(post.id)) : on ? api.posts.unreact(post.id, kind) : api.posts.react(post.id, kind)))
  }
}

/** The reactions beside likes that a post has, each to join or to leave. */
export function Reactions({ post }: { post: Post }) {
  const { t, locale } = useI18n()
  const react = useReact(post)
  const shown = kinds
    .map((kind) => ({ kind, mine: post.viewer.reactions?.includes(kind) ?? false }))
    // What one did oneself may not have been counted yet.
    .map(({ kind, mine }) => ({ kind, mine, count: Math.max(post.counts.reactions?.[kind] ?? 0, mine ? 1 : 0) }))
    .filter(({ count }) => count > 0)
  if (shown.length === 0) return null
  return (
    <ul className="post-reactions" aria-label={t('reaction.list')}>
      {shown.map(({ kind, count, mine }) => (
        <li key={kind}>
          <button type="button" className="post-reaction" aria-pressed={mine} aria-label={t('reaction.count', { name: t(`reaction.${kind}`), shown: shortNumber(count, locale) })} onClick={() => react(kind)}>
            <span className="emoji" aria-hidden="true">{signs[kind]}</span> {shortNumber(count, locale)}
          </button>
        </li>
      ))}
    </ul>
  )
}

export function ReactMenu({ post }: { post: Post }) {
  const { t } = useI18n()
  const react = useReact(post)
  return (
    <Menu label={t('reaction.choose')} icon={<SmilePlus size={18} aria-hidden />} className="post-action">
      {kinds.map((kind) => <MenuItem key={kind} icon={<span className="emoji" aria-hidden="true">{signs[kind]}</span>} onChoose={() => react(kind)}>{t(`reaction.${kind}`)}</MenuItem>)}
    </Menu>
  )
}
