import { MadangError, type Post } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useApi } from '../app/session'
import { overLimit, textToSend } from '../chat/text'
import { useI18n } from '../i18n/i18n'
import { TextArea } from '../notify/TextArea'
import { Dialog } from '../ui/Dialog'
import { useAction } from '../ui/use-action'
import { type Aim, AudienceChoice } from './AudienceChoice'
import { changePost } from './posts'

/** Other words or readers for one's own post; what another window changed meanwhile is not overwritten. */
export function EditPost({ post, onClose }: { post: Post; onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [text, setText] = useState(post.text ?? '')
  const [aim, setAim] = useState<Aim>()
  const over = overLimit(text)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const saved = await run(async () => {
      try {
        const edited = await api.posts.edit(post.id, { text: textToSend(text), ...aim, version: post.version })
        changePost(queries, post.id, () => edited)
      } catch (error) {
        // The newer words stand in the page behind the dialog; what was typed here is kept.
        if (error instanceof MadangError && error.code === 'version_conflict') void api.posts.get(post.id).then((newer) => changePost(queries, post.id, () => newer), () => undefined)
        throw error
      }
    })
    if (saved) onClose()
  }
  return (
    <Dialog title={t('post.edit')} onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)}>
        <TextArea label={t('post.text')} value={text} rows={6} data-autofocus error={over > 0 ? t('post.tooLong', { bytes: over.toLocaleString() }) : undefined} onChange={(event) => setText(event.target.value)} />
        <p className="field-note">{t('post.editHint')}</p>
        <div className="button-row spread">
          {post.audience && <AudienceChoice aim={aim ?? { audience: post.audience, list_id: post.list_id }} onChoose={setAim} />}
          <button className="button primary" disabled={busy || over > 0 || textToSend(text) === ''}>{t('action.save')}</button>
        </div>
      </form>
    </Dialog>
  )
}
