import { type Webhook, MadangError } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Pencil, Power, Send, Trash2, Webhook as Icon } from 'lucide-react'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { useToasts } from '../app/toasts'
import { BackLink } from '../crawl/BackLink'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Confirm } from '../ui/Confirm'
import { Dialog } from '../ui/Dialog'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'
import { Deliveries } from './Deliveries'
import { SecretOnce, WebhookForm } from './WebhookForm'
import { WebhookState } from './WebhookState'
import { typeText } from './webhook-types'

/** One webhook: what it hears of, whether things arrive, and its log. */
export function WebhookPage() {
  const { t } = useI18n()
  const api = useApi()
  const { id = '' } = useParams()
  const { data: webhook, error } = useQuery({ queryKey: ['webhook', id], queryFn: () => api.webhooks.get(id), retry: false })
  usePageTitle(`${t('webhook.title')} · ${t('app.name')}`)
  return (
    <main className="page" id="main">
      <BackLink to="/settings" label={t('settings.title')} />
      {!webhook && !error && <Spinner />}
      {error && <Empty heading="h1" icon={<Icon size={30} />} title={error instanceof MadangError && error.status === 404 ? t('webhook.notFound') : errorText(t, error)} />}
      {webhook && !error && (
        <>
          <Head webhook={webhook} />
          <Deliveries webhook={webhook} />
        </>
      )}
    </main>
  )
}

function Head({ webhook }: { webhook: Webhook }) {
  const { t, locale } = useI18n()
  const { url, description, types, disabled_reason, failing_since, old_secret_until } = webhook
  return (
    <>
      <header className="page-head webhook-head">
        <h1>{description ?? url}</h1>
        <WebhookState webhook={webhook} />
      </header>
      <section className="card card-form" aria-label={description ?? url}>
        <p className="page-url">{url}</p>
        <p className="quiet-text">{types.length === 0 ? t('webhook.allTypes') : types.map((type) => typeText(t, type)).join(', ')}</p>
        {disabled_reason !== undefined && <p className="form-error">{t(`webhook.reason.${disabled_reason}`)}</p>}
        {webhook.enabled && failing_since !== undefined && <p className="form-error">{t('webhook.failingSince', { time: fullText(failing_since, locale) })}</p>}
        {old_secret_until !== undefined && Date.parse(old_secret_until) > Date.now() && <p className="quiet-text">{t('webhook.oldUntil', { time: fullText(old_secret_until, locale) })}</p>}
        <Actions webhook={webhook} />
      </section>
    </>
  )
}

function Actions({ webhook }: { webhook: Webhook }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const toasts = useToasts()
  const { busy, run } = useAction()
  const [asked, setAsked] = useState<'rotate' | 'delete' | 'change'>()
  const [secret, setSecret] = useState<string>()
  const { id, enabled } = webhook

  const put = (changed: Webhook) => {
    const { secret: told, ...shown } = changed
    setSecret(told)
    queries.setQueryData(['webhook', id], shown)
    void queries.invalidateQueries({ queryKey: ['webhooks'] })
    setAsked(undefined)
  }
  const toggle = () => void run(async () => put(await api.webhooks.update(id, { enabled: !enabled })))
  const rotate = () => void run(async () => put(await api.webhooks.rotateSecret(id)))
  const test = () =>
    void run(async () => {
      await api.webhooks.test(id)
      toasts.info(t('webhook.testSent'))
      await queries.invalidateQueries({ queryKey: ['webhook', id, 'deliveries'] })
    })
  const remove = () =>
    void run(async () => {
      await api.webhooks.delete(id)
      toasts.info(t('webhook.deleted'))
      void queries.invalidateQueries({ queryKey: ['webhooks'] })
      await navigate('/settings', { replace: true })
    })
  const close = () => setAsked(undefined)
  if (asked === 'delete') return <Confirm label={t('webhook.delete')} text={t('webhook.deleteConfirm')} action={t('webhook.deleteDo')} busy={busy} onYes={remove} onNo={close} />
  if (asked === 'rotate') return <Confirm label={t('webhook.rotate')} text={t('webhook.rotateConfirm')} action={t('webhook.rotate')} busy={busy} onYes={rotate} onNo={close} />
  return (
    <>
      {secret !== undefined && <SecretOnce secret={secret} />}
      <div className="crawl-actions">
        <button type="button" className="button small" disabled={busy || !enabled} onClick={test}><Send size={15} aria-hidden /> {t('webhook.test')}</button>
        <button type="button" className="button small" disabled={busy} onClick={() => setAsked('change')}><Pencil size={15} aria-hidden /> {t('webhook.change')}</button>
        <button type="button" className="button small" disabled={busy} onClick={() => setAsked('rotate')}><KeyRound size={15} aria-hidden /> {t('webhook.rotate')}</button>
        <button type="button" className="button small" disabled={busy} onClick={toggle}><Power size={15} aria-hidden /> {t(enabled ? 'webhook.disable' : 'webhook.enable')}</button>
        <button type="button" className="button small danger quiet" disabled={busy} onClick={() => setAsked('delete')}><Trash2 size={15} aria-hidden /> {t('webhook.delete')}</button>
      </div>
      {asked === 'change' && (
        <Dialog title={t('webhook.change')} onClose={close}>
          <WebhookForm webhook={webhook} submit={t('action.save')} onSubmit={async (wanted) => put(await api.webhooks.update(id, wanted))} />
        </Dialog>
      )}
    </>
  )
}
