import { BellOff, Ban } from 'lucide-react'
import { Link } from 'react-router'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { useRelations } from '../people/use-relations'
import { Spinner } from '../ui/Spinner'

/** Whom one does not want to read or hear of. */
export function Hidden() {
  const { t, locale } = useI18n()
  const { relations, busy, change } = useRelations()
  if (!relations) return <Spinner />
  const hidden = relations.filter(({ kind }) => kind === 'mute' || kind === 'block')
  if (hidden.length === 0) return <p className="quiet-text">{t('hidden.none')}</p>
  return (
    <ul>
      {hidden.map(({ user, kind, expires_at }) => (
        <li key={kind + user.id} className="row">
          {kind === 'mute' ? <BellOff size={18} aria-hidden /> : <Ban size={18} aria-hidden />}
          <div className="row-text">
            <Link className="plain-link" to={`/people/${user.id}`}>{user.display_name}</Link>
            <small>{t(kind === 'mute' ? 'people.muted' : 'people.blocked')}{expires_at && ` · ${t('hidden.until', { time: fullText(expires_at, locale) })}`}</small>
          </div>
          <button type="button" className="button small" disabled={busy} onClick={() => void change(kind, user.id, false)}>{t(kind === 'mute' ? 'people.unmute' : 'people.unblock')}</button>
        </li>
      ))}
    </ul>
  )
}
