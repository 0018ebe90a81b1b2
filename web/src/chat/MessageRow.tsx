import type { Message, Room } from '@madang/client'
import { Clock, EyeOff, RotateCw, Trash2, TriangleAlert } from 'lucide-react'
import { memo } from 'react'
import { codeText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { clockText, dayText, fullText } from '../i18n/time'
import { Avatar } from '../ui/Avatar'
import type { Pending } from './conversation'
import { MessageText } from './MessageText'
import { personName } from './rooms'
import type { Row } from './rows'
import { useChat, useChatStore } from './use-chat'

export const MessageRow = memo(function MessageRow({ row, room }: { row: Row; room: Room }) {
  const { t, locale } = useI18n()
  switch (row.kind) {
    case 'start':
      return <p className="row-start">{t('room.start')}</p>
    case 'day':
      return <p className="row-day"><span>{dayText(row.at, locale, t)}</span></p>
    case 'new':
      return <p className="row-new"><span>{t('room.newMarker')}</span></p>
    case 'hidden':
      return <p className="row-hidden"><EyeOff size={15} aria-hidden /> {t('message.hidden')}</p>
    case 'pending':
      return <PendingRow pending={row.pending} first={row.first} room={room.id} />
    case 'message':
      return row.own ? <OwnRow message={row.message} first={row.first} last={row.last} /> : <OtherRow message={row.message} first={row.first} last={row.last} />
  }
})

function OtherRow({ message, first, last }: { message: Message; first: boolean; last: boolean }) {
  const { t } = useI18n()
  const name = useChat((state) => personName(state.people, message.sender_id, t))
  return (
    <article className={`message other${first ? ' first' : ''}`}>
      <div className="message-avatar">{first && <Avatar id={message.sender_id} name={name} size={36} />}</div>
      <div className="message-main">
        <p className={first ? 'message-sender' : 'visually-hidden'}>{name}</p>
        <div className="message-line">
          <MessageText text={message.text} />
          <Time at={message.created_at} shown={last} />
        </div>
      </div>
    </article>
  )
}

function OwnRow({ message, first, last }: { message: Message; first: boolean; last: boolean }) {
  const { t } = useI18n()
  return (
    <article className={`message own${first ? ' first' : ''}`}>
      <p className="visually-hidden">{t('message.own')}</p>
      <div className="message-line">
        <Time at={message.created_at} shown={last} />
        <MessageText text={message.text} />
      </div>
    </article>
  )
}

function PendingRow({ pending, first, room }: { pending: Pending; first: boolean; room: string }) {
  const { t } = useI18n()
  const store = useChatStore()
  const { client_id, text, refused } = pending
  return (
    <article className={`message own pending${first ? ' first' : ''}${refused ? ' failed' : ''}`}>
      <p className="visually-hidden">{t('message.own')}</p>
      <div className="message-line">
        {!refused && <span className="message-state"><Clock size={14} aria-hidden /><span className="visually-hidden">{t('message.sending')}</span></span>}
        <MessageText text={text} />
      </div>
      {refused && (
        <div className="message-failure">
          <TriangleAlert size={15} aria-hidden />
          <span>{t('message.failed')}: {codeText(t, refused)}</span>
          <button type="button" className="link-button" onClick={() => store.retry(room, client_id)}><RotateCw size={14} aria-hidden /> {t('message.retry')}</button>
          <button type="button" className="link-button" onClick={() => store.discard(room, client_id)}><Trash2 size={14} aria-hidden /> {t('message.discard')}</button>
        </div>
      )}
    </article>
  )
}

function Time({ at, shown }: { at: string; shown: boolean }) {
  const { locale } = useI18n()
  return <time className={shown ? 'message-time' : 'message-time late'} dateTime={at} title={fullText(at, locale)}>{clockText(at, locale)}</time>
}
