import type { PostAudience } from '@madang/client'
import { AtSign, Globe, List, Rss, UsersRound } from 'lucide-react'
import { useI18n } from '../i18n/i18n'

const icons = { public: Globe, followers: Rss, friends: UsersRound, list: List, direct: AtSign }

/** Whom a post is for, in one sign. */
export function AudienceIcon({ audience }: { audience: PostAudience }) {
  const { t } = useI18n()
  const Icon = icons[audience] ?? Globe
  const label = t(`post.audience.${audience}`)
  return <span className="post-audience" title={label}><Icon size={14} aria-hidden /><span className="visually-hidden">{label}</span></span>
}
