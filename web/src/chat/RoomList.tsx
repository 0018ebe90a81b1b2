import { MessageCirclePlus, MessagesSquare } from 'lucide-react'
import { type KeyboardEvent, useMemo } from 'react'
import { useMe } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { byActivity } from './rooms'
import { RoomListItem } from './RoomListItem'
import { useChat } from './use-chat'

export function RoomList({ onNew }: { onNew: () => void }) {
  const { t } = useI18n()
  const me = useMe()
  const rooms = useChat((state) => state.rooms)
  const loaded = useChat((state) => state.loaded)
  const sorted = useMemo(() => byActivity(rooms), [rooms])
  return (
    <section className="list-pane" aria-labelledby="rooms-title">
      <header className="pane-head">
        <h1 id="rooms-title">{t('rooms.title')}</h1>
        <button type="button" className="icon-button accent" aria-label={t('rooms.new')} title={t('rooms.new')} onClick={onNew}>
          <MessageCirclePlus size={22} aria-hidden />
        </button>
      </header>
      {!loaded && <Spinner />}
      {loaded && sorted.length === 0 && (
        <Empty icon={<MessagesSquare size={30} />} title={t('rooms.empty')} hint={t('rooms.emptyHint')}>
          <button type="button" className="button primary" onClick={onNew}>{t('rooms.new')}</button>
        </Empty>
      )}
      <nav aria-label={t('rooms.list')} className="room-list">
        {/* The keys move the focus between links that work without them. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <ul onKeyDown={moveFocus}>
          {sorted.map((room) => (
            <li key={room.id}>
              <RoomListItem room={room} me={me.id} />
            </li>
          ))}
        </ul>
      </nav>
    </section>
  )
}

function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const links = [...event.currentTarget.querySelectorAll('a')]
  const at = links.findIndex((link) => link === document.activeElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key]
  if (to === undefined || at < 0) return
  event.preventDefault()
  links[Math.max(0, Math.min(to, links.length - 1))]?.focus()
}
