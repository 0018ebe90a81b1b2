import { newClientId, type User } from '@madang/client'
import { X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useNavigate } from 'react-router'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { useAction } from '../ui/use-action'
import { PeoplePicker } from './PeoplePicker'
import { useChatStore } from './use-chat'

/** One person makes a direct chat, several make a group. */
export function NewRoomDialog({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const store = useChatStore()
  const navigate = useNavigate()
  const { busy, run } = useAction()
  const [chosen, setChosen] = useState<User[]>([])
  const [title, setTitle] = useState('')
  const [clientId] = useState(() => newClientId())
  const isGroup = chosen.length > 1 || title.trim() !== ''

  const toggle = (person: User) =>
    setChosen((all) => (all.some((each) => each.id === person.id) ? all.filter((each) => each.id !== person.id) : [...all, person]))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => {
      const user_ids = chosen.map((person) => person.id)
      const group = { kind: 'group', user_ids, title: title.trim() || undefined, client_id: clientId } as const
      const room = await api.rooms.create(isGroup ? group : { kind: 'direct', user_ids })
      store.meetPeople(chosen)
      store.put(room)
      onClose()
      await navigate(`/rooms/${room.id}`)
    })
  }
  return (
    <Dialog title={t('newRoom.title')} onClose={onClose}>
      <form className="dialog-form" onSubmit={submit}>
        {chosen.length > 0 && (
          <ul className="chips" aria-label={t('newRoom.selected')}>
            {chosen.map((person) => (
              <li key={person.id} className="chip">
                {person.display_name}
                <button type="button" className="chip-remove" aria-label={t('newRoom.unselect', { name: person.display_name })} onClick={() => toggle(person)}>
                  <X size={14} aria-hidden />
                </button>
              </li>
            ))}
          </ul>
        )}
        <PeoplePicker chosen={chosen} onToggle={toggle} />
        {chosen.length > 1 && (
          <Field label={t('newRoom.groupName')} hint={t('newRoom.groupNameHint')} value={title} maxLength={64} onChange={(event) => setTitle(event.target.value)} />
        )}
        <button className="button primary wide" disabled={busy || chosen.length === 0}>
          {chosen.length > 1 ? t('newRoom.startGroup', { count: chosen.length + 1 }) : t('newRoom.start')}
        </button>
      </form>
    </Dialog>
  )
}
