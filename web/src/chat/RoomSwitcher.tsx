import { Search } from 'lucide-react'
import { type KeyboardEvent, useId, useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { useMe } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Dialog } from '../ui/Dialog'
import { RoomAvatar } from './RoomAvatar'
import { byActivity, roomName } from './rooms'
import { useChat } from './use-chat'

const SHOWN = 8

/** Type, choose with the arrows, Enter. */
export function RoomSwitcher({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  const me = useMe()
  const navigate = useNavigate()
  const list = useId()
  const rooms = useChat((state) => state.rooms)
  const people = useChat((state) => state.people)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const found = useMemo(() => {
    const wanted = typed.normalize('NFC').trim().toLocaleLowerCase()
    const named = byActivity(rooms).map((room) => ({ room, name: roomName(room, people, me.id, t) }))
    return named.filter(({ name }) => name.toLocaleLowerCase().includes(wanted)).slice(0, SHOWN)
  }, [rooms, people, me.id, t, typed])

  const go = (index: number) => {
    const chosen = found[index]
    if (!chosen) return
    onClose()
    void navigate(`/rooms/${chosen.room.id}`)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0))
    else if (event.key === 'Enter') go(at)
    else return
    event.preventDefault()
  }
  return (
    <Dialog title={t('rooms.switcher')} onClose={onClose} className="switcher">
      <div className="search-box">
        <Search size={18} aria-hidden />
        <input data-autofocus role="combobox" aria-label={t('rooms.switcher')} aria-expanded={found.length > 0} aria-controls={list} aria-activedescendant={found[at] && `${list}-${at}`}
          placeholder={t('rooms.switcherHint')} value={typed} onKeyDown={onKeyDown} onChange={(event) => { setTyped(event.target.value); setAt(0) }} />
      </div>
      <ul id={list} role="listbox" aria-label={t('rooms.list')} className="switcher-list">
        {found.map(({ room, name }, index) => (
          // The keys are handled by the combobox above, as its pattern demands.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li key={room.id} id={`${list}-${index}`} role="option" aria-selected={index === at} tabIndex={-1} className="switcher-item" onClick={() => go(index)}>
            <RoomAvatar room={room} me={me.id} size={32} /> <span>{name}</span>
            {room.unread > 0 && <span className="badge">{room.unread}</span>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="picker-none">{t('rooms.noneFound')}</p>}
    </Dialog>
  )
}
