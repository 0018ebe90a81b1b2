import type { PostAudience } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useApi, useMe } from '../app/session'
import { useToasts } from '../app/toasts'
import { overLimit, sendsOn, textToSend } from '../chat/text'
import { useI18n } from '../i18n/i18n'
import { Avatar } from '../ui/Avatar'
import { useAction } from '../ui/use-action'
import { attemptOf, type PostDraft, published, storeDraft, storedDraft } from './draft'
import { addPost } from './home'
import { Preview } from './Preview'
import { audiences, firstLink } from './words'

const PAUSE_MS = 700

/** Where a post is written. Enter makes a line; Ctrl or ⌘ with Enter publishes. */
export function PostComposer() {
  const { t } = useI18n()
  const me = useMe()
  const hint = useId()
  const box = useRef<HTMLTextAreaElement>(null)
  const { draft, change, busy, publish } = useComposer()
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
    <form className="card post-composer" aria-label={t('post.write')} onSubmit={(event) => { event.preventDefault(); if (ready) void publish() }}>
      <div className="post-composer-box">
        <Avatar id={me.id} name={me.display_name} size={42} />
        <textarea ref={box} rows={2} value={draft.text} aria-label={t('post.text')} aria-describedby={hint} aria-invalid={over > 0 || undefined} placeholder={t('post.placeholder')}
          onChange={(event) => change({ text: event.target.value })} onKeyDown={onKeyDown} />
      </div>
      {over > 0 && <p className="composer-error" role="alert">{t('post.tooLong', { bytes: over.toLocaleString() })}</p>}
      {link !== undefined && <Preview url={link} />}
      <div className="post-composer-foot">
        <AudienceChoice draft={draft} onChoose={change} />
        <p id={hint} className="post-composer-hint">{t('post.composerHint')}</p>
        <button className="button primary" disabled={!ready}>{t('post.publish')}</button>
      </div>
    </form>
  )
}

function useComposer() {
  const { t } = useI18n()
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
  return { draft, change, busy, publish }
}

/** Four kinds of readers, and each of one's lists. */
function AudienceChoice({ draft, onChoose }: { draft: PostDraft; onChoose: (part: Partial<PostDraft>) => void }) {
  const { t } = useI18n()
  const api = useApi()
  const { data } = useQuery({ queryKey: ['lists'], queryFn: () => api.lists.all({ limit: 100 }), staleTime: 60_000 })
  const choose = (value: string) => {
    const list = data?.items.find(({ id }) => id === value)
    onChoose(list ? { audience: 'list', list_id: list.id } : { audience: value as PostAudience, list_id: undefined })
  }
  return (
    <select className="compact" aria-label={t('post.audience')} value={draft.list_id ?? draft.audience} onChange={(event) => choose(event.target.value)}>
      {audiences.map((each) => <option key={each} value={each}>{t(`post.audience.${each}`)}</option>)}
      {data?.items.map(({ id, title }) => <option key={id} value={id}>{t('post.audienceList', { title })}</option>)}
    </select>
  )
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
