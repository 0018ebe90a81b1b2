import type { User } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { BellRing, Repeat2, Rss, UserCheck } from 'lucide-react'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { useAction } from '../ui/use-action'
import { noBond, readAll, type useRelations } from './use-relations'

/** Following somebody: whether, whether with what they pass on, and whether one is told of each new post. */
export function FollowButtons({ person, relations }: { person: User; relations: ReturnType<typeof useRelations> }) {
  const { t } = useI18n()
  const api = useApi()
  const { follow, shares, block } = relations.bonds[person.id] ?? noBond
  if (block) return null
  return (
    <div className="follow-row">
      <button type="button" className={`button small${follow ? '' : ' primary'}`} aria-pressed={follow} disabled={relations.busy} onClick={() => void relations.change('follow', person.id, !follow)}>
        {follow ? <UserCheck size={16} aria-hidden /> : <Rss size={16} aria-hidden />} {t(follow ? 'people.following' : 'people.follow')}
      </button>
      {follow && (
        <button type="button" className="button small" aria-pressed={shares} disabled={relations.busy} onClick={() => void relations.act(() => api.relations.follow(person.id, { shares: !shares }))}>
          <Repeat2 size={16} aria-hidden /> {t('people.withShares')}
        </button>
      )}
      <Subscription person={person} />
      <a className="button quiet small" href={`/v1/users/${person.id}/feed.atom`} target="_blank" rel="noreferrer"><Rss size={16} aria-hidden /> Atom</a>
    </div>
  )
}

function Subscription({ person }: { person: User }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const { data } = useQuery({ queryKey: ['subscriptions'], queryFn: () => readAll((cursor) => api.relations.subscriptions({ cursor, limit: 100 })) })
  if (!data) return null
  const on = data.some(({ user_id }) => user_id === person.id)
  const change = () => run(async () => {
    await (on ? api.relations.unsubscribe(person.id) : api.relations.subscribe(person.id))
    await queries.invalidateQueries({ queryKey: ['subscriptions'] })
  })
  return <button type="button" className="button small" aria-pressed={on} disabled={busy} onClick={() => void change()}><BellRing size={16} aria-hidden /> {t('people.subscribe')}</button>
}
