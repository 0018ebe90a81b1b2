import type { Id, ModerationEntry, Report } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { Check, EyeOff, UserRoundX, X } from 'lucide-react'
import { useId, useState } from 'react'
import { Link } from 'react-router'
import { useApi, useMe } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Confirm } from '../ui/Confirm'
import { Field } from '../ui/Field'
import { useAction } from '../ui/use-action'
import { usePerson } from './posts'

function Name({ id }: { id: Id | undefined }) {
  const { t } = useI18n()
  const { person } = usePerson(id)
  return id === undefined ? <>{t('moderation.server')}</> : <Link to={`/people/${id}`}>{person?.display_name ?? t('room.unknownPerson')}</Link>
}

/** One report: about whom, by whom, what the post said then, and what to do about it. */
export function ReportCard({ report }: { report: Report }) {
  const { t, locale } = useI18n()
  const title = useId()
  return (
    <article className="card post" aria-labelledby={title}>
      <header className="post-by">
        <strong id={title}>{t(`report.reason.${report.reason}`)}</strong>
        <small className="post-facts">
          <span>{t('moderation.about')} <Name id={report.user_id} /></span>
          <span>{t('moderation.by')} <Name id={report.reporter_id} /></span>
          <time dateTime={report.created_at}>{fullText(report.created_at, locale)}</time>
        </small>
      </header>
      {report.excerpt !== undefined && <blockquote className="post-shared" dir="auto">{report.excerpt}</blockquote>}
      {report.text !== '' && <p className="post-text" dir="auto">{report.text}</p>}
      {report.post_id !== undefined && <Link className="report-link" to={`/posts/${report.post_id}`}>{t('moderation.openPost')}</Link>}
      {report.state === 'open' ? <Decision report={report} /> : <Closed report={report} />}
    </article>
  )
}

function Closed({ report }: { report: Report }) {
  const { t, locale } = useI18n()
  return (
    <p className="post-facts">
      <span className="tag">{t(`moderation.state.${report.state}`)}</span>
      <Name id={report.closed_by} />
      {report.closed_at && <time dateTime={report.closed_at}>{fullText(report.closed_at, locale)}</time>}
      {report.note && <span>{report.note}</span>}
    </p>
  )
}

function Decision({ report }: { report: Report }) {
  const { t } = useI18n()
  const api = useApi()
  const me = useMe()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [note, setNote] = useState('')
  const [sure, setSure] = useState(false)
  const { post_id, user_id } = report
  const close = (state: 'resolved' | 'dismissed', act?: () => Promise<unknown>) => () =>
    void run(async () => {
      await act?.()
      await api.moderation.close(report.id, state, note.normalize('NFC').trim() || undefined)
      await Promise.all([['reports'], ['moderation'], ['posts']].map((queryKey) => queries.invalidateQueries({ queryKey })))
    })
  if (sure) {
    return <Confirm label={t('moderation.suspend')} text={t('moderation.suspendSure')} action={t('moderation.suspend')} busy={busy} onNo={() => setSure(false)} onYes={close('resolved', () => api.moderation.suspend(user_id, note || undefined))} />
  }
  return (
    <>
      <Field label={t('moderation.note')} value={note} maxLength={600} onChange={(event) => setNote(event.target.value)} />
      <div className="button-row">
        <button type="button" className="button small" disabled={busy} onClick={close('dismissed')}><X size={16} aria-hidden /> {t('moderation.dismiss')}</button>
        <button type="button" className="button small" disabled={busy} onClick={close('resolved')}><Check size={16} aria-hidden /> {t('moderation.resolve')}</button>
        {user_id !== me.id && <button type="button" className="button small danger" disabled={busy} onClick={() => setSure(true)}><UserRoundX size={16} aria-hidden /> {t('moderation.suspend')}</button>}
        {post_id !== undefined && <button type="button" className="button small primary" disabled={busy} onClick={close('resolved', () => api.moderation.hide(post_id, note || undefined))}><EyeOff size={16} aria-hidden /> {t('moderation.hide')}</button>}
      </div>
    </>
  )
}

/** One line of what moderators did; whoever was suspended can be let in again here. */
export function ActRow({ entry }: { entry: ModerationEntry }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const { person } = usePerson(entry.act === 'suspend_user' ? entry.user_id : undefined)
  const readmit = () => run(async () => {
    await api.moderation.readmit(entry.user_id ?? '')
    await Promise.all([['moderation'], ['user', entry.user_id]].map((queryKey) => queries.invalidateQueries({ queryKey })))
  })
  return (
    <li className="row">
      <div className="row-text">
        {t(`moderation.act.${entry.act}`)}
        <small className="post-facts">
          {entry.user_id !== undefined && <Name id={entry.user_id} />}
          {entry.post_id !== undefined && <Link to={`/posts/${entry.post_id}`}>{t('post.title')}</Link>}
          <span>{t('moderation.doneBy')} <Name id={entry.by} /></span>
          <time dateTime={entry.at}>{fullText(entry.at, locale)}</time>
          {entry.note && <span>{entry.note}</span>}
        </small>
      </div>
      {person?.disabled && <button type="button" className="button small" disabled={busy} onClick={() => void readmit()}>{t('moderation.readmit')}</button>}
    </li>
  )
}
