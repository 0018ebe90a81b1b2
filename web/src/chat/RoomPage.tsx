import type { Id, Room } from '@madang/client'
import { ChevronLeft, DoorClosed, Info, MessageCircleX } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useMe } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { useShortcut } from '../app/use-shortcut'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { Composer } from './Composer'
import { MessageList } from './MessageList'
import { RoomAvatar } from './RoomAvatar'
import { RoomDetails } from './RoomDetails'
import { roomName } from './rooms'
import { TypingLine } from './TypingLine'
import { useChat, useChatStore } from './use-chat'

export function RoomPage() {
  const { id = '' } = useParams()
  return <OneRoom key={id} id={id} />
}

function OneRoom({ id }: { id: Id }) {
  const { t } = useI18n()
  const store = useChatStore()
  const navigate = useNavigate()
  const loaded = useChat((state) => state.loaded)
  const room = useChat((state) => state.rooms[id])
  const [state, setState] = useState<'opening' | 'open' | 'failed'>('opening')
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    if (!loaded) return
    let over = false
    const ended = (now: 'open' | 'failed') => () => {
      if (!over) setState(now)
    }
    store.open(id).then(ended('open'), ended('failed'))
    return () => {
      over = true
    }
  }, [store, id, loaded, attempt])
  useShortcut((event) => event.key === 'Escape', () => {
    void navigate('/')
    document.querySelector<HTMLElement>(`a[href="/rooms/${id}"]`)?.focus()
  })

  const retry = () => {
    setState('opening')
    setAttempt((count) => count + 1)
  }
  if (!room) return state !== 'opening' ? <GoneRoom /> : <section className="room-pane"><Spinner /></section>
  return (
    <section className="room-pane" aria-labelledby="room-name">
      <RoomHead room={room} />
      {state === 'failed' ? (
        <Empty icon={<MessageCircleX size={30} />} title={t('room.loadFailed')}>
          <button type="button" className="button" onClick={retry}>{t('action.retry')}</button>
        </Empty>
      ) : (
        <MessageList room={room} />
      )}
      <TypingLine room={room} />
      <Composer room={room.id} />
    </section>
  )
}

function RoomHead({ room }: { room: Room }) {
  const { t } = useI18n()
  const me = useMe()
  const people = useChat((state) => state.people)
  const [details, setDetails] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const name = roomName(room, people, me.id, t)
  usePageTitle(`${name} · ${t('app.name')}`)
  // On a phone the list has gone: reading goes on here. With a mouse the composer takes the focus.
  useEffect(() => {
    if (!window.matchMedia('(pointer: fine)').matches) heading.current?.focus()
  }, [])
  return (
    <header className="room-head">
      <Link to="/" className="icon-button room-back" aria-label={t('nav.back')}>
        <ChevronLeft size={24} aria-hidden />
      </Link>
      <RoomAvatar room={room} me={me.id} size={40} />
      <div className="room-head-text">
        <h1 id="room-name" ref={heading} tabIndex={-1}>{name}</h1>
        <p>{room.kind === 'group' ? t('room.members', { count: room.members.length }) : t('room.direct')}</p>
      </div>
      <button type="button" className="icon-button" aria-label={t('room.details')} title={t('room.details')} onClick={() => setDetails(true)}>
        <Info size={22} aria-hidden />
      </button>
      {details && <RoomDetails room={room} onClose={() => setDetails(false)} />}
    </header>
  )
}

function GoneRoom() {
  const { t } = useI18n()
  return (
    <section className="room-pane no-room">
      <Empty icon={<DoorClosed size={30} />} title={t('room.notFound')} hint={t('room.notFoundHint')}>
        <Link className="button" to="/">{t('nav.back')}</Link>
      </Empty>
    </section>
  )
}
