import type { Id, ReportReason } from '@madang/client'
import { type FormEvent, useState } from 'react'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { useI18n } from '../i18n/i18n'
import { TextArea } from '../notify/TextArea'
import { Dialog } from '../ui/Dialog'
import { Select } from '../ui/Field'
import { useAction } from '../ui/use-action'

export const reasons: readonly ReportReason[] = ['spam', 'harassment', 'hate', 'violence', 'sexual', 'self_harm', 'illegal', 'other']

/** Asks the moderators to look at a post or a person. */
export function ReportDialog({ about, onClose }: { about: { post_id: Id } | { user_id: Id }; onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const toasts = useToasts()
  const { busy, run } = useAction()
  const [reason, setReason] = useState<ReportReason>('spam')
  const [text, setText] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const sent = await run(() => api.moderation.report({ ...about, reason, text: text.normalize('NFC').trim() }))
    if (!sent) return
    toasts.info(t('report.sent'))
    onClose()
  }
  return (
    <Dialog title={t('post_id' in about ? 'report.post' : 'report.person')} onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)}>
        <Select label={t('report.reason')} value={reason} onChange={(event) => setReason(event.target.value as ReportReason)}>
          {reasons.map((each) => <option key={each} value={each}>{t(`report.reason.${each}`)}</option>)}
        </Select>
        <TextArea label={t('report.text')} value={text} rows={4} maxLength={600} onChange={(event) => setText(event.target.value)} />
        <p className="field-note">{t('report.hint')}</p>
        <div className="button-row"><button className="button primary" disabled={busy}>{t('report.send')}</button></div>
      </form>
    </Dialog>
  )
}
