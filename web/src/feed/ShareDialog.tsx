import { newClientId, type Post } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { overLimit, sendsOn, textToSend } from '../chat/text'
import { useI18n } from '../i18n/i18n'
import { TextArea } from '../notify/TextArea'
import { Dialog } from '../ui/Dialog'
import { useAction } from '../ui/use-action'
import { type Aim, AudienceChoice } from './AudienceChoice'
import { addPost } from './home'
import { SharedPost } from './PostParts'

/** Passes a post on with words of one's own. */
export function ShareDialog({ post, onClose }: { post: Post; onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const toasts = useToasts()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [text, setText] = useState('')
  const [aim, setAim] = useState<Aim>({ audience: 'public' })
  const attempt = useRef({ words: '', id: '' })
  const over = overLimit(text)
  const ready = textToSend(text) !== '' && over === 0 && !busy
  const send = async () => {
    const done = await run(async () => {
      const share = { text: textToSend(text), ...aim }
      const words = JSON.stringify(share)
      if (attempt.current.words !== words) attempt.current = { words, id: newClientId() }
      addPost(queries, await api.posts.share(post.id, { ...share, client_id: attempt.current.id }))
    })
    if (!done) return
    toasts.info(t('post.sharedNow'))
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready) void send()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || !sendsOn(event.nativeEvent)) return
    event.preventDefault()
    if (ready) void send()
  }
  return (
    <Dialog title={t('post.shareWith')} onClose={onClose}>
      <form className="dialog-form" onSubmit={submit}>
        <TextArea label={t('post.text')} value={text} rows={4} data-autofocus error={over > 0 ? t('post.tooLong', { bytes: over.toLocaleString() }) : undefined} onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown} />
        <SharedPost post={post} />
        <div className="button-row spread"><AudienceChoice aim={aim} onChoose={setAim} /><button className="button primary" disabled={!ready}>{t('post.share')}</button></div>
      </form>
    </Dialog>
  )
}
