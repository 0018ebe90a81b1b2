import type { InboxItem } from '@madang/client'
import { Check, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useI18n } from '../i18n/i18n'
import { fullText, shortText } from '../i18n/time'
import { useAction } from '../ui/use-action'
import { leadOf } from './link'
import { useInboxStore } from './use-inbox'

/** One notification; the whole row leads where it points to, and counts as read then. */
export function InboxRow({ item }: { item: InboxItem }) {
  const { t, locale } = useI18n()
  const store = useInboxStore()
  const { busy, run } = useAction()
  const read = () => void (item.read || run(() => store.markRead(item.id)))
  return (
    <li className={`inbox-row${item.read ? '' : ' unread'}`}>
      <span className="inbox-dot" aria-hidden="true" />
      <div className="inbox-text">
        <Title item={item} onFollow={read}>
          {!item.read && <span className="visually-hidden">{t('inbox.unread')} </span>}
          {item.title || item.body}
        </Title>
        {item.title !== '' && item.body !== '' && <p>{item.body}</p>}
        <time dateTime={item.created_at} title={fullText(item.created_at, locale)}>{shortText(item.created_at, locale, t)}</time>
      </div>
      <div className="inbox-actions">
        {!item.read && (
          <button type="button" className="icon-button small" disabled={busy} aria-label={t('inbox.markRead', { title: item.title })} title={t('inbox.markReadShort')} onClick={read}>
            <Check size={18} aria-hidden />
          </button>
        )}
        <button type="button" className="icon-button small" disabled={busy} aria-label={t('inbox.delete', { title: item.title })} title={t('inbox.deleteShort')} onClick={() => void run(() => store.delete(item.id))}>
          <Trash2 size={17} aria-hidden />
        </button>
      </div>
    </li>
  )
}

function Title({ item, onFollow, children }: { item: InboxItem; onFollow: () => void; children: ReactNode }) {
  const { to, href } = leadOf(item)
  if (to !== undefined) return <Link className="inbox-title cover-link" to={to} onClick={onFollow}>{children}</Link>
  if (href !== undefined) return <a className="inbox-title cover-link" href={href} target="_blank" rel="noreferrer noopener" onClick={onFollow}>{children}</a>
  return <strong className="inbox-title">{children}</strong>
}
