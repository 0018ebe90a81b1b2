import type { Id, Reactor } from '@madang/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Heart } from 'lucide-react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { EndlessList } from '../crawl/EndlessList'
import { useI18n } from '../i18n/i18n'
import { Avatar } from '../ui/Avatar'
import { Dialog } from '../ui/Dialog'
import { signs, usePerson } from './posts'

/** Who reacted to a post, and how. */
export function ReactorsDialog({ id, onClose }: { id: Id; onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const pages = useInfiniteQuery({
    queryKey: ['reactors', id],
    queryFn: ({ pageParam }) => api.posts.reactors(id, { cursor: pageParam, limit: 50 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
    staleTime: 0,
  })
  return (
    <Dialog title={t('reaction.who')} onClose={onClose}>
      <EndlessList pages={pages} empty={<p className="quiet-text">{t('reaction.nobody')}</p>}>
        {(reactors) => <ul>{reactors.map((reactor) => <Row key={reactor.user_id} reactor={reactor} />)}</ul>}
      </EndlessList>
    </Dialog>
  )
}

function Row({ reactor: { user_id, reactions } }: { reactor: Reactor }) {
  const { t } = useI18n()
  const { person } = usePerson(user_id)
  const name = person?.display_name ?? t('room.unknownPerson')
  return (
    <li className="person-row">
      <Avatar id={user_id} name={name} size={34} />
      <div className="person-name"><Link className="plain-link" to={`/people/${user_id}`}>{name}</Link></div>
      <span className="reactor-signs">
        {reactions.map((kind) => <span key={kind} className="emoji" role="img" aria-label={t(`reaction.${kind}`)}>{kind === 'like' ? <Heart size={17} aria-hidden /> : signs[kind]}</span>)}
      </span>
    </li>
  )
}
