import { Navigate, Route, Routes, useLocation } from 'react-router'
import { ChatLayout } from '../chat/ChatLayout'
import { NoRoom } from '../chat/NoRoom'
import { RoomPage } from '../chat/RoomPage'
import { LoginPage } from '../entrance/LoginPage'
import { RegisterPage } from '../entrance/RegisterPage'
import { SetupPage } from '../entrance/SetupPage'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { PeoplePage } from '../people/PeoplePage'
import { SettingsPage } from '../settings/SettingsPage'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { Logo } from './Logo'
import { NotFound } from './NotFound'
import { useSession } from './session'
import { Shell } from './Shell'

export function App() {
  const { user, failure } = useSession()
  if (failure !== undefined) return <Unreachable />
  if (user === undefined) return <main className="lonely"><Spinner /></main>
  return user ? <SignedIn /> : <SignedOut />
}

function SignedIn() {
  const from = (useLocation().state as { from?: string } | null)?.from
  return (
    <Routes>
      <Route element={<Shell />}>
        <Route element={<ChatLayout />}>
          <Route index element={<NoRoom />} />
          <Route path="rooms/:id" element={<RoomPage />} />
        </Route>
        <Route path="people" element={<PeoplePage />} />
        <Route path="settings" element={<SettingsPage />} />
      </Route>
      {['login', 'register', 'join', 'setup'].map((path) => (
        <Route key={path} path={path} element={<Navigate to={from ?? '/'} replace />} />
      ))}
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}

function SignedOut() {
  const { pathname } = useLocation()
  const toLogin = <Navigate to="/login" replace state={{ from: pathname }} />
  return (
    <Routes>
      <Route path="login" element={<LoginPage />} />
      <Route path="register" element={<RegisterPage />} />
      <Route path="join" element={<RegisterPage joining />} />
      <Route path="setup" element={<SetupPage />} />
      <Route index element={toLogin} />
      <Route path="rooms/:id" element={toLogin} />
      <Route path="people" element={toLogin} />
      <Route path="settings" element={toLogin} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}

function Unreachable() {
  const { t } = useI18n()
  const { failure, retry } = useSession()
  return (
    <main className="lonely">
      <Empty heading="h1" icon={<Logo size={56} />} title={errorText(t, failure)}>
        <button type="button" className="button primary" onClick={retry}>{t('action.retry')}</button>
      </Empty>
    </main>
  )
}
