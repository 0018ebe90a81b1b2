import type { Webhook } from '@madang/client'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronRight, Webhook as Icon } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Dialog } from '../ui/Dialog'
import { SecretOnce, WebhookForm } from './WebhookForm'
import { WebhookState } from './WebhookState'

/** Who outside hears of events. */
export function Webhooks() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const [creating, setCreating] = useState(false)
  const pages = useInfiniteQuery({
    queryKey: ['webhooks'],
    queryFn: ({ pageParam }) => api.webhooks.list({ cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const webhooks = pages.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      {pages.isSuccess && webhooks.length === 0 && <p className="quiet-text">{t('webhook.none')}</p>}
      <ul className="rows">{webhooks.map((webhook) => <WebhookRow key={webhook.id} webhook={webhook} />)}</ul>
      <div className="button-row">
        {pages.hasNextPage && <button type="button" className="button" onClick={() => void pages.fetchNextPage()}>{t('action.more')}</button>}
        <button type="button" className="button" onClick={() => setCreating(true)}>{t('webhook.new')}</button>
      </div>
      {creating && <NewWebhook onClose={() => setCreating(false)} onCreated={() => void queries.invalidateQueries({ queryKey: ['webhooks'] })} />}
    </>
  )
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  return (
    <li className="row">
      <Icon size={20} aria-hidden />
      <Link className="row-text webhook-link" to={`/settings/webhooks/${webhook.id}`}>
        {webhook.description ?? webhook.url}
        {webhook.description !== undefined && <small>{webhook.url}</small>}
      </Link>
      <WebhookState webhook={webhook} />
      <ChevronRight size={18} aria-hidden />
    </li>
  )
}

function NewWebhook({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const [made, setMade] = useState<Webhook>()
  return (
    <Dialog title={t('webhook.new')} onClose={onClose}>
      {made?.secret === undefined ? (
        <WebhookForm
          submit={t('action.create')}
          onSubmit={async (wanted) => {
            setMade(await api.webhooks.create(wanted))
            onCreated()
          }}
        />
      ) : (
        <div className="dialog-form">
          <SecretOnce secret={made.secret} />
          <button type="button" className="button primary wide" onClick={onClose}>{t('action.close')}</button>
        </div>
      )}
    </Dialog>
  )
}
