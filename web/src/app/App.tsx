import { Navigate, Route, Routes, useLocation } from 'react-router'
import { ChatLayout } from '../chat/ChatLayout'
import { NoRoom } from '../chat/NoRoom'
import { RoomPage } from '../chat/RoomPage'
import { CrawlPage } from '../crawl/CrawlPage'
import { CrawlsPage } from '../crawl/CrawlsPage'
import { ExplainView } from '../crawl/ExplainView'
import { HostsView } from '../crawl/HostsView'
import { NewCrawlPage } from '../crawl/NewCrawlPage'
import { Overview } from '../crawl/Overview'
import { PagesView } from '../crawl/PagesView'
import { LoginPage } from '../entrance/LoginPage'
import { RegisterPage } from '../entrance/RegisterPage'
import { SetupPage } from '../entrance/SetupPage'
import { BookmarksPage } from '../feed/BookmarksPage'
import { DraftsPage } from '../feed/DraftsPage'
import { HomePage } from '../feed/HomePage'
import { ListFeedPage } from '../feed/ListFeedPage'
import { ListsPage } from '../feed/ListsPage'
import { ModerationPage } from '../feed/ModerationPage'
import { PostPage } from '../feed/PostPage'
import { SourcesPage } from '../feed/SourcesPage'
import { TagPage } from '../feed/TagPage'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { InboxPage } from '../inbox/InboxPage'
import { AudiencePage } from '../notify/AudiencePage'
import { AudiencesView } from '../notify/AudiencesView'
import { CategoriesView } from '../notify/CategoriesView'
import { CategoryPage } from '../notify/CategoryPage'
import { DeadView } from '../notify/DeadView'
import { ExplainPage } from '../notify/ExplainPage'
import { FunnelView } from '../notify/FunnelView'
import { LogView } from '../notify/LogView'
import { NotifyPage } from '../notify/NotifyPage'
import { QueuesView } from '../notify/QueuesView'
import { SendView } from '../notify/SendView'
import { SuppressionsView } from '../notify/SuppressionsView'
import { TemplatePage } from '../notify/TemplatePage'
import { TemplatesView } from '../notify/TemplatesView'
import { PeoplePage } from '../people/PeoplePage'
import { PersonPage } from '../people/PersonPage'
import { PreferencesPage } from '../preferences/PreferencesPage'
import { SearchPage } from '../search/SearchPage'
import { SettingsPage } from '../settings/SettingsPage'
import { WebhookPage } from '../settings/WebhookPage'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { Logo } from './Logo'
import { NotFound } from './NotFound'
import { useMe, useSession } from './session'
import { Shell } from './Shell'

export function App() {
  const { user, failure } = useSession()
  if (failure !== undefined) return <Unreachable />
  if (user === undefined) return <main className="lonely"><Spinner /></main>
  return user ? <SignedIn /> : <SignedOut />
}

function SignedIn() {
  const { role } = useMe()
  const from = (useLocation().state as { from?: string } | null)?.from
  return (
    <Routes>
      <Route element={<Shell />}>
        <Route element={<ChatLayout />}>
          <Route index element={<NoRoom />} />
          <Route path="rooms/:id" element={<RoomPage />} />
        </Route>
        <Route path="people" element={<PeoplePage />} />
        <Route path="people/:id" element={<PersonPage />} />
        <Route path="posts/:id" element={<PostPage />} />
        <Route path="feed" element={<HomePage />} />
        <Route path="tags/:tag" element={<TagPage />} />
        <Route path="bookmarks" element={<BookmarksPage />} />
        <Route path="drafts" element={<DraftsPage />} />
        <Route path="sources" element={<SourcesPage />} />
        <Route path="lists" element={<ListsPage />} />
        <Route path="lists/:id" element={<ListFeedPage />} />
        {role !== 'user' && <Route path="moderation" element={<ModerationPage />} />}
        <Route path="search" element={<SearchPage />} />
        <Route path="inbox" element={<InboxPage />} />
        {role === 'admin' && (
          <Route path="crawls">
            <Route index element={<CrawlsPage />} />
            <Route path="new" element={<NewCrawlPage />} />
            <Route path=":id" element={<CrawlPage />}>
              <Route index element={<Overview />} />
              <Route path="hosts" element={<HostsView />} />
              <Route path="pages" element={<PagesView />} />
              <Route path="explain" element={<ExplainView />} />
            </Route>
          </Route>
        )}
        {role === 'admin' && (
          <Route path="notify" element={<NotifyPage />}>
            <Route index element={<QueuesView />} />
            <Route path="log" element={<LogView />} />
            <Route path="log/:id" element={<ExplainPage />} />
            <Route path="dead" element={<DeadView />} />
            <Route path="send" element={<SendView />} />
            <Route path="templates" element={<TemplatesView />} />
            <Route path="templates/:name" element={<TemplatePage />} />
            <Route path="categories" element={<CategoriesView />} />
            <Route path="categories/:name" element={<CategoryPage />} />
            <Route path="audiences" element={<AudiencesView />} />
            <Route path="audiences/:name" element={<AudiencePage />} />
            <Route path="suppressions" element={<SuppressionsView />} />
            <Route path="funnels" element={<FunnelView />} />
          </Route>
        )}
        <Route path="settings" element={<SettingsPage />} />
        <Route path="settings/notifications" element={<PreferencesPage />} />
        {role === 'admin' && <Route path="settings/webhooks/:id" element={<WebhookPage />} />}
      </Route>
      {['login', 'register', 'join', 'setup'].map((path) => (
        <Route key={path} path={path} element={<Navigate to={from ?? '/'} replace />} />
      ))}
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}

function SignedOut() {
  const { pathname, search } = useLocation()
  const toLogin = <Navigate to="/login" replace state={{ from: pathname + search }} />
  return (
    <Routes>
      <Route path="login" element={<LoginPage />} />
      <Route path="register" element={<RegisterPage />} />
      <Route path="join" element={<RegisterPage joining />} />
      <Route path="setup" element={<SetupPage />} />
      <Route index element={toLogin} />
      <Route path="rooms/:id" element={toLogin} />
      <Route path="people/*" element={toLogin} />
      <Route path="posts/*" element={toLogin} />
      <Route path="feed" element={toLogin} />
      <Route path="bookmarks" element={toLogin} />
      <Route path="drafts" element={toLogin} />
      <Route path="sources" element={toLogin} />
      <Route path="tags/*" element={toLogin} />
      <Route path="lists/*" element={toLogin} />
      <Route path="moderation" element={toLogin} />
      <Route path="search" element={toLogin} />
      <Route path="inbox" element={toLogin} />
      <Route path="notify/*" element={toLogin} />
      <Route path="crawls/*" element={toLogin} />
      <Route path="settings/*" element={toLogin} />
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
