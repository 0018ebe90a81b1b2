import { useQueryClient } from '@tanstack/react-query'
import { CalendarClock, ChevronDown, NotebookPen } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useApi, useMe } from '../app/session'
import { useToasts } from '../app/toasts'
import { overLimit, sendsOn, textToSend } from '../chat/text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Avatar } from '../ui/Avatar'
import { Menu, MenuItem } from '../ui/Menu'
import { useAction } from '../ui/use-action'
import { AudienceChoice } from './AudienceChoice'
import { attemptOf, type PostDraft, published, storeDraft, storedDraft } from './draft'
import { addPost } from './home'
import { Preview } from './Preview'
import { TimeDialog } from './TimeDialog'
import { firstLink } from './words'

const PAUSE_MS = 700

/** Where a post is written. Enter makes a line; Ctrl or ⌘ with Enter publishes. */
export function PostComposer() {
  const { t } = useI18n()
  const me = useMe()
  const hint = useId()
  const box = useRef<HTMLTextAreaElement>(null)
  const { draft, change, busy, publish, keep } = useComposer()
  const [timing, setTiming] = useState(false)
  const link = useSettled(firstLink(draft.text))
  const over = overLimit(draft.text)
  const ready = textToSend(draft.text) !== '' && over === 0 && !busy
  useLayoutEffect(() => {
    if (!box.current) return
    box.current.style.height = 'auto'
    box.current.style.height = `${box.current.scrollHeight}px`
  }, [draft.text])
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!(event.ctrlKey || event.metaKey) || !sendsOn(event.nativeEvent)) return
    event.preventDefault()
    if (ready) void publish()
  }
  return (
    <>
      <form className="card post-composer" aria-label={t('post.write')} onSubmit={(event) => { event.preventDefault(); if (ready) void publish() }}>
        <div className="post-composer-box">
          <Avatar id={me.id} name={me.display_name} size={42} />
          <textarea ref={box} rows={2} value={draft.text} aria-label={t('post.text')} aria-describedby={hint} aria-invalid={over > 0 || undefined} placeholder={t('post.placeholder')}
            onChange={(event) => change({ text: event.target.value })} onKeyDown={onKeyDown} />
        </div>
        {over > 0 && <p className="composer-error" role="alert">{t('post.tooLong', { bytes: over.toLocaleString() })}</p>}
        {link !== undefined && <Preview url={link} />}
        <div className="post-composer-foot">
          <AudienceChoice aim={draft} onChoose={change} />
          <p id={hint} className="post-composer-hint">{t('post.composerHint')}</p>
          <div className="post-composer-send">
            {ready && (
              <Menu label={t('draft.more')} icon={<ChevronDown size={20} aria-hidden />}>
                <MenuItem icon={<NotebookPen size={17} aria-hidden />} onChoose={() => void keep()}>{t('draft.keep')}</MenuItem>
                <MenuItem icon={<CalendarClock size={17} aria-hidden />} onChoose={() => setTiming(true)}>{t('draft.schedule')}</MenuItem>
              </Menu>
            )}
            <button className="button primary" disabled={!ready}>{t('post.publish')}</button>
          </div>
        </div>
      </form>
      {timing && <TimeDialog busy={busy} onClose={() => setTiming(false)} onDone={(at) => void keep(at).then((done) => done && setTiming(false))} />}
    </>
  )
}

function useComposer() {
  const { t, locale } = useI18n()
  const api = useApi()
  const { id } = useMe()
  const queries = useQueryClient()
  const toasts = useToasts()
  const { busy, run } = useAction()
  const [draft, setDraft] = useState(() => storedDraft(id))
  const change = (part: Partial<PostDraft>) => {
    const next = { ...draft, ...part }
    setDraft(next)
    storeDraft(id, next)
  }
  const publish = () =>
    run(async () => {
      const post = await api.posts.publish(attemptOf(id, { ...draft, text: textToSend(draft.text) }))
      published(id)
      setDraft({ ...draft, text: '' })
      addPost(queries, post)
      toasts.info(t('post.published'))
    })
  /** Among one's drafts on the server, to be published by hand or at a time. */
  const keep = (at?: Date) =>
    run(async () => {
      await api.drafts.create({ text: textToSend(draft.text), audience: draft.audience, list_id: draft.list_id, publish_at: at?.toISOString() })
      published(id)
      setDraft({ ...draft, text: '' })
      await queries.invalidateQueries({ queryKey: ['drafts'] })
      toasts.info(at === undefined ? t('draft.kept') : t('draft.scheduled', { time: fullText(at.toISOString(), locale) }))
    })
  return { draft, change, busy, publish, keep }
}

/** What a value is once it has stayed the same for a moment, so that no half address is asked for. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
