import type { Draft } from '@madang/client'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { CalendarClock, NotebookPen, Trash2, TriangleAlert } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { usePageTitle } from '../app/title-count'
import { overLimit, textToSend } from '../chat/text'
import { BackLink } from '../crawl/BackLink'
import { EndlessList } from '../crawl/EndlessList'
import { codeText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { TextArea } from '../notify/TextArea'
import { Confirm } from '../ui/Confirm'
import { Dialog } from '../ui/Dialog'
import { Empty } from '../ui/Empty'
import { useAction } from '../ui/use-action'
import { type Aim, AudienceChoice } from './AudienceChoice'
import { AudienceIcon } from './AudienceIcon'
import { addPost } from './home'
import { TimeDialog } from './TimeDialog'

/** What one keeps to publish later, by hand or at its time. */
export function DraftsPage() {
  const { t } = useI18n()
  const api = useApi()
  usePageTitle(`${t('draft.title')} · ${t('app.name')}`)
  const pages = useInfiniteQuery({
    queryKey: ['drafts'],
    queryFn: ({ pageParam }) => api.drafts.all({ cursor: pageParam, limit: 30 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
    staleTime: 0,
  })
  return (
    <main className="page" id="main">
      <BackLink to="/feed" label={t('feed.title')} />
      <header className="page-head"><h1>{t('draft.title')}</h1></header>
      <EndlessList pages={pages} empty={<Empty icon={<NotebookPen size={30} />} title={t('draft.none')} hint={t('draft.noneHint')} />}>
        {(drafts) => <ul className="posts" aria-label={t('draft.title')}>{drafts.map((draft) => <li key={draft.id}><DraftCard draft={draft} /></li>)}</ul>}
      </EndlessList>
    </main>
  )
}

function DraftCard({ draft }: { draft: Draft }) {
  const { t, locale } = useI18n()
  const [open, setOpen] = useState<'edit' | 'time' | 'delete'>()
  const { busy, put, publish, remove } = useDraft(draft, () => setOpen(undefined))
  return (
    <article className="card post">
      <small className="post-facts">
        {draft.publish_at === undefined ? <span>{t('draft.waits')}</span> : <span className="tag"><time dateTime={draft.publish_at}>{t('draft.at', { time: fullText(draft.publish_at, locale) })}</time></span>}
        <AudienceIcon audience={draft.audience} />
      </small>
      {draft.refused && <p className="form-error" role="alert"><TriangleAlert size={15} aria-hidden /> {t('draft.refused', { reason: codeText(t, draft.refused) })}</p>}
      <p className="post-text" dir="auto">{draft.text || t('draft.empty')}</p>
      {open === 'delete'
        ? <Confirm label={t('draft.delete')} text={t('draft.deleteSure')} action={t('draft.delete')} busy={busy} onNo={() => setOpen(undefined)} onYes={() => void remove()} />
        : (
          <div className="button-row">
            <button type="button" className="icon-button" aria-label={t('draft.delete')} title={t('draft.delete')} onClick={() => setOpen('delete')}><Trash2 size={18} aria-hidden /></button>
            <button type="button" className="button small" onClick={() => setOpen('edit')}>{t('draft.edit')}</button>
            {draft.publish_at === undefined
              ? <button type="button" className="button small" disabled={draft.text === ''} onClick={() => setOpen('time')}><CalendarClock size={16} aria-hidden /> {t('draft.setTime')}</button>
              : <button type="button" className="button small" disabled={busy} onClick={() => void put({ publish_at: undefined })}>{t('draft.unschedule')}</button>}
            <button type="button" className="button small primary" disabled={busy || draft.text === ''} onClick={() => void publish()}>{t('draft.publish')}</button>
          </div>
        )}
      {open === 'edit' && <EditDraft draft={draft} busy={busy} onDone={(change) => void put(change)} onClose={() => setOpen(undefined)} />}
      {open === 'time' && <TimeDialog busy={busy} onDone={(at) => void put({ publish_at: at.toISOString() })} onClose={() => setOpen(undefined)} />}
    </article>
  )
}

function useDraft(draft: Draft, onDone: () => void) {
  const { t } = useI18n()
  const api = useApi()
  const toasts = useToasts()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const act = (action: () => Promise<unknown>) => run(async () => {
    await action()
    onDone()
    await queries.invalidateQueries({ queryKey: ['drafts'] })
  })
  const { text, audience, list_id, publish_at } = draft
  const put = (change: Partial<Draft>) => act(() => api.drafts.replace(draft.id, { text, audience, list_id, publish_at, ...change }))
  const remove = () => act(() => api.drafts.delete(draft.id))
  const publish = () => act(async () => {
    addPost(queries, await api.drafts.publish(draft.id))
    toasts.info(t('post.published'))
  })
  return { busy, put, publish, remove }
}

function EditDraft({ draft, busy, onDone, onClose }: { draft: Draft; busy: boolean; onDone: (change: Partial<Draft>) => void; onClose: () => void }) {
  const { t } = useI18n()
  const [text, setText] = useState(draft.text)
  const [aim, setAim] = useState<Aim>(draft)
  const over = overLimit(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onDone({ text: textToSend(text), audience: aim.audience, list_id: aim.list_id })
  }
  return (
    <Dialog title={t('draft.edit')} onClose={onClose}>
      <form className="dialog-form" onSubmit={submit}>
        <TextArea label={t('post.text')} value={text} rows={6} data-autofocus error={over > 0 ? t('post.tooLong', { bytes: over.toLocaleString() }) : undefined} onChange={(event) => setText(event.target.value)} />
        <div className="button-row spread"><AudienceChoice aim={aim} onChoose={setAim} /><button className="button primary" disabled={busy || over > 0}>{t('action.save')}</button></div>
      </form>
    </Dialog>
  )
}
