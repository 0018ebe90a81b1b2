import { useQueryClient } from '@tanstack/react-query'
import { MessagesSquare, Radar, ScanSearch, Settings, UsersRound } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { NavLink, Outlet, useLocation, useMatch } from 'react-router'
import { RoomSwitcher } from '../chat/RoomSwitcher'
import { totalUnread } from '../chat/rooms'
import { ChatStore } from '../chat/store'
import { ChatProvider, useChat, useChatStore } from '../chat/use-chat'
import { useI18n } from '../i18n/i18n'
import { ConnectionBanner } from './ConnectionBanner'
import { Logo } from './Logo'
import { useMe, useSession } from './session'
import { ShortcutList } from './ShortcutList'
import { useTitleCount } from './title-count'
import { isTyping, useShortcut } from './use-shortcut'

/** Everything behind the door: one store and one line per signed-in person. */
export function Shell() {
  const { client } = useSession()
  const { id } = useMe()
  const me = useMe()
  const queries = useQueryClient()
  // A changed profile is no reason for another line, so only the id counts.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const store = useMemo(() => new ChatStore(client, me, () => void queries.invalidateQueries({ queryKey: ['relations'] })), [client, id, queries])
  return (
    <ChatProvider store={store}>
      <Frame />
    </ChatProvider>
  )
}

function Frame() {
  const { t } = useI18n()
  const { forget } = useSession()
  const store = useChatStore()
  const line = useChat((state) => state.line)
  const [open, setOpen] = useState<'switcher' | 'shortcuts'>()
  useTitleCount()
  useEffect(() => {
    if (line === 'signed_out') forget()
  }, [line, forget])
  useShortcut((event) => (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k', () => setOpen('switcher'))
  useShortcut((event) => event.key === '?' && !isTyping(event), () => setOpen('shortcuts'))
  const inRoom = useMatch('/rooms/:id') !== null
  return (
    <div className={`shell${inRoom ? ' in-room' : ''}`}>
      <a className="skip-link" href="#main">{t('app.skip')}</a>
      <ConnectionBanner line={line} onReconnect={() => store.realtime.wake()} />
      <MainNav />
      <div className="shell-content">
        <Outlet />
      </div>
      {open === 'switcher' && <RoomSwitcher onClose={() => setOpen(undefined)} />}
      {open === 'shortcuts' && <ShortcutList onClose={() => setOpen(undefined)} />}
    </div>
  )
}

function MainNav() {
  const { t } = useI18n()
  const { role } = useMe()
  const unread = useChat((state) => totalUnread(state.rooms))
  const { pathname } = useLocation()
  const inChats = pathname === '/' || pathname.startsWith('/rooms/')
  return (
    <nav className="main-nav" aria-label={t('nav.main')}>
      <NavLink to="/" className="main-nav-logo" aria-hidden="true" tabIndex={-1}><Logo size={36} /></NavLink>
      <NavLink to="/" className={`main-nav-item${inChats ? ' active' : ''}`} aria-current={inChats ? 'page' : undefined}>
        <span className="main-nav-icon">
          <MessagesSquare size={22} aria-hidden />
          {unread > 0 && <span className="badge dot"><span aria-hidden="true">{unread > 99 ? '99+' : unread}</span><span className="visually-hidden">{t('rooms.unread', { count: unread })}</span></span>}
        </span>
        <span>{t('nav.chats')}</span>
      </NavLink>
      <NavLink to="/people" className="main-nav-item">
        <span className="main-nav-icon"><UsersRound size={22} aria-hidden /></span>
        <span>{t('nav.people')}</span>
      </NavLink>
      <NavLink to="/search" className="main-nav-item">
        <span className="main-nav-icon"><ScanSearch size={22} aria-hidden /></span>
        <span>{t('nav.search')}</span>
      </NavLink>
      {role === 'admin' && (
        <NavLink to="/crawls" className="main-nav-item">
          <span className="main-nav-icon"><Radar size={22} aria-hidden /></span>
          <span>{t('nav.crawls')}</span>
        </NavLink>
      )}
      <NavLink to="/settings" className="main-nav-item">
        <span className="main-nav-icon"><Settings size={22} aria-hidden /></span>
        <span>{t('nav.settings')}</span>
      </NavLink>
    </nav>
  )
}
