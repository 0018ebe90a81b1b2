import type { Id, Room } from '@madang/client'
import { ChevronLeft, DoorClosed, Info, MessageCircleX } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useMe } from '../app/session'
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
  const [failed, setFailed] = useState(false)
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    if (!loaded) return
    let over = false
    store.open(id).catch(() => !over && setFailed(true))
    return () => {
      over = true
    }
  }, [store, id, loaded, attempt])
  useShortcut((event) => event.key === 'Escape', () => {
    void navigate('/')
    document.querySelector<HTMLElement>(`a[href="/rooms/${id}"]`)?.focus()
  })

  const retry = () => {
    setFailed(false)
    setAttempt((count) => count + 1)
  }
  if (!room && (failed || loaded)) {
    return failed ? <GoneRoom /> : <main className="room-pane" id="main"><Spinner /></main>
  }
  if (!room) return <main className="room-pane" id="main"><Spinner /></main>
  return (
    <main className="room-pane" id="main">
      <RoomHead room={room} />
      {failed ? (
        <Empty icon={<MessageCircleX size={30} />} title={t('room.loadFailed')}>
          <button type="button" className="button" onClick={retry}>{t('action.retry')}</button>
        </Empty>
      ) : (
        <MessageList room={room} />
      )}
      <TypingLine room={room} />
      <Composer room={room.id} />
    </main>
  )
}

function RoomHead({ room }: { room: Room }) {
  const { t } = useI18n()
  const me = useMe()
  const people = useChat((state) => state.people)
  const [details, setDetails] = useState(false)
  const name = roomName(room, people, me.id, t)
  useEffect(() => {
    document.title = `${name} · ${t('app.name')}`
  }, [name, t])
  return (
    <header className="room-head">
      <Link to="/" className="icon-button room-back" aria-label={t('nav.back')}>
        <ChevronLeft size={24} aria-hidden />
      </Link>
      <RoomAvatar room={room} me={me.id} size={40} />
      <div className="room-head-text">
        <h2>{name}</h2>
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
    <main className="room-pane no-room" id="main">
      <Empty icon={<DoorClosed size={30} />} title={t('room.notFound')} hint={t('room.notFoundHint')}>
        <Link className="button" to="/">{t('nav.back')}</Link>
      </Empty>
    </main>
  )
}
