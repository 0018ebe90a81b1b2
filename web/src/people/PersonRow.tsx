import type { User } from '@madang/client'
import { Ban, Bell, BellOff, Check, Clock, Flag, MessageCircle, MoreHorizontal, Rss, UserMinus, UserPlus, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useApi } from '../app/session'
import { useChatStore } from '../chat/use-chat'
import { ReportDialog } from '../feed/ReportDialog'
import { useI18n } from '../i18n/i18n'
import { Avatar } from '../ui/Avatar'
import { Menu, MenuItem } from '../ui/Menu'
import { useAction } from '../ui/use-action'
import { MuteDialog } from './MuteDialog'
import { type Bond, noBond, type useRelations } from './use-relations'

type Relations = ReturnType<typeof useRelations>

export function PersonRow({ person, relations }: { person: User; relations: Relations }) {
  const { t } = useI18n()
  const name = person.display_name
  return (
    <li className="person-row">
      <Avatar id={person.id} name={name} size={42} />
      <div className="person-name">
        <Link className="plain-link" to={`/people/${person.id}`}>{name}</Link>
        <small>@{person.name}{note(relations.bonds[person.id] ?? noBond, t)}</small>
      </div>
      <PersonActions person={person} relations={relations} />
    </li>
  )
}

/** How one stands to somebody, and what one may do about it. */
export function PersonActions({ person, relations }: { person: User; relations: Relations }) {
  const { t } = useI18n()
  const [open, setOpen] = useState<'report' | 'mute'>()
  const bond = relations.bonds[person.id] ?? noBond
  const set = (kind: Parameters<typeof relations.change>[0], wanted: boolean) => () => void relations.change(kind, person.id, wanted)
  return (
    <>
      <FriendButtons bond={bond} busy={relations.busy} onAsk={set('friend', true)} onEnd={set('friend', false)} />
      <MessageButton person={person} />
      <Menu label={t('people.actions', { name: person.display_name })} icon={<MoreHorizontal size={20} aria-hidden />}>
        <MenuItem icon={<Rss size={17} aria-hidden />} onChoose={set('follow', !bond.follow)}>{t(bond.follow ? 'people.unfollow' : 'people.follow')}</MenuItem>
        <MenuItem icon={bond.mute ? <Bell size={17} aria-hidden /> : <BellOff size={17} aria-hidden />} onChoose={bond.mute ? set('mute', false) : () => setOpen('mute')}>{t(bond.mute ? 'people.unmute' : 'people.muteFor')}</MenuItem>
        {bond.friend === 'accepted' && <MenuItem icon={<UserMinus size={17} aria-hidden />} onChoose={set('friend', false)}>{t('people.unfriend')}</MenuItem>}
        <MenuItem icon={<Flag size={17} aria-hidden />} onChoose={() => setOpen('report')}>{t('report.person')}</MenuItem>
        <MenuItem danger icon={<Ban size={17} aria-hidden />} onChoose={set('block', !bond.block)}>{t(bond.block ? 'people.unblock' : 'people.block')}</MenuItem>
      </Menu>
      {open === 'report' && <ReportDialog about={{ user_id: person.id }} onClose={() => setOpen(undefined)} />}
      {open === 'mute' && <MuteDialog person={person} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function FriendButtons({ bond, busy, onAsk, onEnd }: { bond: Bond; busy: boolean; onAsk: () => void; onEnd: () => void }) {
  const { t } = useI18n()
  if (bond.block || bond.friend === 'accepted') return null
  if (bond.friend === 'incoming') {
    return (
      <>
        <TextButton label={t('people.accept')} primary busy={busy} onClick={onAsk}><Check size={16} aria-hidden /></TextButton>
        <TextButton label={t('people.decline')} busy={busy} onClick={onEnd}><X size={16} aria-hidden /></TextButton>
      </>
    )
  }
  return bond.friend === 'outgoing' ? (
    <TextButton label={t('people.withdraw')} busy={busy} onClick={onEnd}><Clock size={16} aria-hidden /></TextButton>
  ) : (
    <TextButton label={t('people.befriend')} busy={busy} onClick={onAsk}><UserPlus size={16} aria-hidden /></TextButton>
  )
}

function TextButton({ label, busy, primary, onClick, children }: { label: string; busy: boolean; primary?: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className={`button small collapsing${primary ? ' primary' : ''}`} disabled={busy} title={label} onClick={onClick}>
      {children} <span>{label}</span>
    </button>
  )
}

function MessageButton({ person }: { person: User }) {
  const { t } = useI18n()
  const api = useApi()
  const store = useChatStore()
  const navigate = useNavigate()
  const { busy, run } = useAction()
  const open = () =>
    run(async () => {
      const room = await api.rooms.create({ kind: 'direct', user_ids: [person.id] })
      store.meetPeople([person])
      store.put(room)
      await navigate(`/rooms/${room.id}`)
    })
  return (
    <button type="button" className="icon-button" disabled={busy} aria-label={t('people.message')} title={t('people.message')} onClick={() => void open()}>
      <MessageCircle size={20} aria-hidden />
    </button>
  )
}

function note(bond: Bond, t: ReturnType<typeof useI18n>['t']): string {
  const notes = [
    bond.block && t('people.blocked'),
    bond.friend === 'accepted' && t('people.isFriend'),
    bond.friend === 'incoming' && t('people.incoming'),
    bond.friend === 'outgoing' && t('people.outgoing'),
    bond.follow && t('people.following'),
    bond.mute && t('people.muted'),
  ]
  return notes.filter(Boolean).map((text) => ` · ${String(text)}`).join('')
}
