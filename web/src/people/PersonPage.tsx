import type { User } from '@madang/client'
import { MessageCircleDashed, UserRoundX } from 'lucide-react'
import { useRef } from 'react'
import { useParams } from 'react-router'
import { useMe } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { PostComposer } from '../feed/PostComposer'
import { PostList } from '../feed/PostList'
import { usePerson, usePostsOf } from '../feed/posts'
import { usePlace } from '../feed/use-place'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Avatar } from '../ui/Avatar'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { FollowButtons } from './FollowButtons'
import { PersonActions } from './PersonRow'
import { useRelations } from './use-relations'

/** Somebody, and what they wrote; on one's own page one writes. */
export function PersonPage() {
  const { t } = useI18n()
  const { id = '' } = useParams()
  const me = useMe()
  const page = useRef<HTMLElement>(null)
  const { person, error } = usePerson(id)
  const { isSuccess } = usePostsOf(id)
  usePageTitle(`${person?.display_name ?? t('people.title')} · ${t('app.name')}`)
  usePlace(page, person !== undefined && isSuccess)
  if (error) return <main className="page" id="main"><Empty heading="h1" icon={<UserRoundX size={30} />} title={errorText(t, error)} /></main>
  if (!person) return <main className="page" id="main"><Spinner /></main>
  return (
    <main className="page" id="main" ref={page}>
      <header className="card person-head">
        <Avatar id={person.id} name={person.display_name} size={64} />
        <div className="person-name">
          <h1>{person.display_name}</h1>
          <small>@{person.name}</small>
        </div>
        {person.id !== me.id && <Actions person={person} />}
      </header>
      {person.id === me.id && <PostComposer />}
      <PersonPosts key={person.id} person={person} />
    </main>
  )
}

function Actions({ person }: { person: User }) {
  const relations = useRelations()
  return (
    <>
      <PersonActions person={person} relations={relations} />
      <FollowButtons person={person} relations={relations} />
    </>
  )
}

function PersonPosts({ person }: { person: User }) {
  const { t } = useI18n()
  const me = useMe()
  const pages = usePostsOf(person.id)
  const hint = person.id === me.id ? t('post.noneMineHint') : t('post.noneHint')
  return <PostList pages={pages} label={t('post.listOf', { name: person.display_name })} empty={<Empty icon={<MessageCircleDashed size={30} />} title={t('post.none')} hint={hint} />} />
}
