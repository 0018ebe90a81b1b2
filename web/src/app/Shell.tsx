import { useQueryClient } from '@tanstack/react-query'
import { Bell, MessagesSquare, Newspaper, Radar, ScanSearch, Settings, UsersRound } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { NavLink, Outlet, useLocation, useMatch, useNavigate } from 'react-router'
import { RoomSwitcher } from '../chat/RoomSwitcher'
import { totalUnread } from '../chat/rooms'
import { ChatStore } from '../chat/store'
import { ChatProvider, useChat, useChatStore } from '../chat/use-chat'
import { useFeedSignals, useWaiting } from '../feed/live'
import { useI18n } from '../i18n/i18n'
import { InboxStore } from '../inbox/inbox-store'
import { InboxProvider, useInbox } from '../inbox/use-inbox'
import { keepPush, onPushClick, tellBadge } from '../push/push'
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
  const inbox = useMemo(() => new InboxStore(client.api.inbox, store.realtime, tellBadge), [client, store])
  return (
    <ChatProvider store={store}>
      <InboxProvider store={inbox}>
        <Frame />
      </InboxProvider>
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
  usePush()
  useFeedSignals()
  const inRoom = useMatch('/rooms/:id') !== null
  return (
    <div className={`shell${inRoom ? ' in-room' : ''}`}>
      <a className="skip-link" href="#main">{t('app.skip')}</a>
      <ConnectionBanner line={line} onReconnect={() => store.realtime.wake()} />
      <MainNav />
      <Arrivals />
      <div className="shell-content">
        <Outlet />
      </div>
      {open === 'switcher' && <RoomSwitcher onClose={() => setOpen(undefined)} />}
      {open === 'shortcuts' && <ShortcutList onClose={() => setOpen(undefined)} />}
    </div>
  )
}

/** This browser's pushes come to who is signed in now, and a click on one leads to its page. */
function usePush() {
  const { locale } = useI18n()
  const { client } = useSession()
  const navigate = useNavigate()
  useEffect(() => onPushClick((path) => void navigate(path)), [navigate])
  useEffect(() => {
    keepPush(client.api.inbox, locale).catch(() => undefined) // the settings tell what is wrong
  }, [client, locale])
}

/** Says what arrives to who does not see the bell. */
function Arrivals() {
  const { t } = useI18n()
  const latest = useInbox((state) => state.latest)
  return <div className="visually-hidden" role="status">{latest && t('inbox.arrived', { title: latest.title || latest.body })}</div>
}

function BellItem() {
  const { t } = useI18n()
  const unread = useInbox((state) => state.badge.count)
  return (
    <NavLink to="/inbox" className="main-nav-item">
      <span className="main-nav-icon">
        <Bell size={22} aria-hidden />
        {unread > 0 && <span className="badge dot"><span aria-hidden="true">{unread > 99 ? '99+' : unread}</span><span className="visually-hidden">{t('inbox.count', { count: unread })}</span></span>}
      </span>
      <span>{t('nav.inbox')}</span>
    </NavLink>
  )
}

function FeedItem() {
  const { t } = useI18n()
  const waiting = useWaiting()
  return (
    <NavLink to="/feed" className="main-nav-item">
      <span className="main-nav-icon">
        <Newspaper size={22} aria-hidden />
        {waiting > 0 && <span className="badge dot"><span aria-hidden="true">{waiting > 99 ? '99+' : waiting}</span><span className="visually-hidden">{t('feed.new', { count: waiting })}</span></span>}
      </span>
      <span>{t('nav.feed')}</span>
    </NavLink>
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
      <FeedItem />
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
      <BellItem />
      <NavLink to="/settings" className="main-nav-item">
        <span className="main-nav-icon"><Settings size={22} aria-hidden /></span>
        <span>{t('nav.settings')}</span>
      </NavLink>
    </nav>
  )
}
