import { Bookmark, Globe, List, NotebookPen, Search } from 'lucide-react'
import { Link } from 'react-router'
import { useI18n } from '../i18n/i18n'

/** What belongs to the feed and has no place in the main menu. */
export function FeedNav() {
  const { t } = useI18n()
  return (
    <nav className="feed-nav" aria-label={t('feed.nav')}>
      <Link className="button quiet small" to="/search?in=posts"><Search size={16} aria-hidden /> {t('nav.search')}</Link>
      <Link className="button quiet small" to="/bookmarks"><Bookmark size={16} aria-hidden /> {t('bookmark.title')}</Link>
      <Link className="button quiet small" to="/drafts"><NotebookPen size={16} aria-hidden /> {t('draft.title')}</Link>
      <Link className="button quiet small" to="/lists"><List size={16} aria-hidden /> {t('list.title')}</Link>
      <Link className="button quiet small" to="/sources"><Globe size={16} aria-hidden /> {t('source.title')}</Link>
    </nav>
  )
}
