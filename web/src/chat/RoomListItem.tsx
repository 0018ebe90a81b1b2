import type { Id, Room } from '@madang/client'
import { memo } from 'react'
import { NavLink } from 'react-router'
import { useI18n } from '../i18n/i18n'
import { shortText } from '../i18n/time'
import { RoomAvatar } from './RoomAvatar'
import { activity, preview, roomName } from './rooms'
import { useChat } from './use-chat'

export const RoomListItem = memo(function RoomListItem({ room, me }: { room: Room; me: Id }) {
  const { t, locale } = useI18n()
  const people = useChat((state) => state.people)
  const unread = room.unread > 0
  return (
    <NavLink to={`/rooms/${room.id}`} className={`room-item${unread ? ' unread' : ''}`}>
      <RoomAvatar room={room} me={me} size={46} />
      <span className="room-item-text">
        <span className="room-item-line">
          <span className="room-item-name">{roomName(room, people, me, t)}</span>
          {room.last_message && <time className="room-item-time" dateTime={activity(room)}>{shortText(activity(room), locale, t)}</time>}
        </span>
        <span className="room-item-line">
          <span className="room-item-preview">{preview(room, people, me, t)}</span>
          {unread && (
            <span className="badge">
              <span aria-hidden="true">{room.unread > 99 ? '99+' : room.unread}</span>
              <span className="visually-hidden">{t('rooms.unread', { count: room.unread })}</span>
            </span>
          )}
        </span>
      </span>
    </NavLink>
  )
})
