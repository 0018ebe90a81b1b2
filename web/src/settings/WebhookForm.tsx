import type { NewWebhook, Webhook } from '@madang/client'
import { Copy } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useToasts } from '../app/toasts'
import { FormError } from '../entrance/form'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Field } from '../ui/Field'
import { eventTypes, typesOf, typeText } from './webhook-types'

interface WebhookFormProps {
  submit: string
  webhook?: Webhook
  onSubmit: (wanted: NewWebhook) => Promise<unknown>
}

/** Address, description and events of a webhook, new or to be changed. */
export function WebhookForm({ submit, webhook, onSubmit }: WebhookFormProps) {
  const { t } = useI18n()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const [all, setAll] = useState((webhook?.types.length ?? 0) === 0)
  // Patterns and types that this app does not know stay choosable where they were chosen.
  const choices = [...eventTypes, ...(webhook?.types ?? []).filter((type) => !eventTypes.some((known) => known === type))]
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setError(undefined)
    setBusy(true)
    onSubmit({ url: String(form.get('url') ?? '').trim(), description: String(form.get('description') ?? ''), types: typesOf(form) })
      .catch(setError)
      .finally(() => setBusy(false))
  }
  return (
    <form className="dialog-form" onSubmit={send} noValidate>
      <Field label={t('webhook.url')} hint={t('webhook.urlHint')} name="url" type="text" inputMode="url" autoCapitalize="none" spellCheck={false} placeholder="https://" defaultValue={webhook?.url} error={fieldText(t, error, 'url')} />
      <Field label={t('webhook.description')} name="description" maxLength={200} defaultValue={webhook?.description} error={fieldText(t, error, 'description')} />
      <fieldset className="choice webhook-types">
        <legend>{t('webhook.types')}</legend>
        <label className="check"><input type="radio" name="which" value="all" checked={all} onChange={() => setAll(true)} /> <span>{t('webhook.allTypes')}</span></label>
        <label className="check"><input type="radio" name="which" value="some" checked={!all} onChange={() => setAll(false)} /> <span>{t('webhook.someTypes')}</span></label>
        {!all && (
          <div className="webhook-some">
            {choices.map((type) => (
              <label key={type} className="check"><input type="checkbox" name="types" value={type} defaultChecked={webhook?.types.includes(type)} /> <span>{typeText(t, type)} <small className="quiet-text">{type}</small></span></label>
            ))}
          </div>
        )}
      </fieldset>
      <FormError error={error} />
      <button className="button primary wide" disabled={busy}>{submit}</button>
    </form>
  )
}

/** A secret that was just made: no answer tells it again. */
export function SecretOnce({ secret }: { secret: string }) {
  const { t } = useI18n()
  const toasts = useToasts()
  const copy = () => navigator.clipboard.writeText(secret).then(() => toasts.info(t('action.copied')), toasts.error)
  return (
    <div className="invite-link" role="status">
      <p>{t('webhook.secretOnce')}</p>
      <div className="field-box">
        <input readOnly value={secret} aria-label={t('webhook.secret')} onFocus={(event) => event.target.select()} />
        <button type="button" className="button small" onClick={() => void copy()}><Copy size={15} aria-hidden /> {t('action.copy')}</button>
      </div>
    </div>
  )
}
