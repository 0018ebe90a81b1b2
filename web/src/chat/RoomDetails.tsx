import type { Member, Room, User } from '@madang/client'
import { DoorOpen, UserMinus, UserPlus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useNavigate } from 'react-router'
import { useApi, useMe } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Avatar } from '../ui/Avatar'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { useAction } from '../ui/use-action'
import { PeoplePicker } from './PeoplePicker'
import { personName } from './rooms'
import { useChat, useChatStore } from './use-chat'

export function RoomDetails({ room, onClose }: { room: Room; onClose: () => void }) {
  const { t } = useI18n()
  const [adding, setAdding] = useState(false)
  if (adding) return <AddMembers room={room} onClose={() => setAdding(false)} />
  return (
    <Dialog title={t('room.details')} onClose={onClose}>
      {room.kind === 'group' && <Rename room={room} />}
      <section className="details-members" aria-labelledby="members-title">
        <header className="section-head">
          <h3 id="members-title">{t('room.members', { count: room.members.length })}</h3>
          {room.kind === 'group' && (
            <button type="button" className="button small" onClick={() => setAdding(true)}><UserPlus size={16} aria-hidden /> {t('room.addMembers')}</button>
          )}
        </header>
        <ul>{room.members.map((member) => <MemberRow key={member.user_id} member={member} room={room} />)}</ul>
      </section>
      {room.kind === 'group' && <Leave room={room} onClose={onClose} />}
    </Dialog>
  )
}

function Rename({ room }: { room: Room }) {
  const { t } = useI18n()
  const api = useApi()
  const store = useChatStore()
  const { busy, run } = useAction()
  const [title, setTitle] = useState(room.title ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => store.put(await api.rooms.rename(room.id, title.trim())))
  }
  return (
    <form className="rename" onSubmit={submit}>
      <Field label={t('room.name')} value={title} maxLength={64} onChange={(event) => setTitle(event.target.value)}
        after={<button className="button small" disabled={busy || title.trim() === '' || title.trim() === room.title}>{t('action.save')}</button>} />
    </form>
  )
}

function MemberRow({ member, room }: { member: Member; room: Room }) {
  const { t } = useI18n()
  const me = useMe()
  const api = useApi()
  const { busy, run } = useAction()
  const name = useChat((state) => personName(state.people, member.user_id, t))
  const iAmOwner = room.members.some((each) => each.user_id === me.id && each.role === 'owner')
  const self = member.user_id === me.id
  return (
    <li className="person-row">
      <Avatar id={member.user_id} name={name} size={36} />
      <span className="person-name">
        {name} {self && <small>({t('room.you')})</small>}
      </span>
      {member.role === 'owner' && room.kind === 'group' && <span className="tag">{t('room.owner')}</span>}
      {iAmOwner && !self && room.kind === 'group' && (
        <button type="button" className="icon-button small" disabled={busy} aria-label={t('room.removeMember', { name })} title={t('room.removeMember', { name })}
          onClick={() => void run(() => api.rooms.removeMember(room.id, member.user_id))}>
          <UserMinus size={18} aria-hidden />
        </button>
      )}
    </li>
  )
}

function Leave({ room, onClose }: { room: Room; onClose: () => void }) {
  const { t } = useI18n()
  const me = useMe()
  const api = useApi()
  const store = useChatStore()
  const navigate = useNavigate()
  const { busy, run } = useAction()
  const [asked, setAsked] = useState(false)
  const leave = () =>
    run(async () => {
      await api.rooms.removeMember(room.id, me.id)
      onClose()
      store.forget(room.id)
      await navigate('/')
    })
  if (!asked) {
    return <button type="button" className="button quiet danger" onClick={() => setAsked(true)}><DoorOpen size={18} aria-hidden /> {t('room.leave')}</button>
  }
  return (
    <div className="confirm" role="group" aria-label={t('room.leave')}>
      <p>{t('room.leaveConfirm')}</p>
      <div className="button-row">
        <button type="button" className="button" onClick={() => setAsked(false)}>{t('action.cancel')}</button>
        <button type="button" className="button danger" disabled={busy} onClick={() => void leave()}>{t('room.leave')}</button>
      </div>
    </div>
  )
}

function AddMembers({ room, onClose }: { room: Room; onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const store = useChatStore()
  const { busy, run } = useAction()
  const [chosen, setChosen] = useState<User[]>([])
  const toggle = (person: User) =>
    setChosen((all) => (all.some((each) => each.id === person.id) ? all.filter((each) => each.id !== person.id) : [...all, person]))
  const add = () =>
    run(async () => {
      for (const person of chosen) await api.rooms.addMember(room.id, person.id)
      store.put(await api.rooms.get(room.id))
      onClose()
    })
  return (
    <Dialog title={t('room.addMembers')} onClose={onClose}>
      <div className="dialog-form">
        <PeoplePicker chosen={chosen} onToggle={toggle} except={room.members.map((member) => member.user_id)} />
        <button type="button" className="button primary wide" disabled={busy || chosen.length === 0} onClick={() => void add()}>{t('action.add')}</button>
      </div>
    </Dialog>
  )
}
