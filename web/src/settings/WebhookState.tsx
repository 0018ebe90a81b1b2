import type { Webhook } from '@madang/client'
import { CircleCheck, CircleOff, TriangleAlert } from 'lucide-react'
import { useI18n } from '../i18n/i18n'

export function WebhookState({ webhook }: { webhook: Webhook }) {
  const { t } = useI18n()
  if (!webhook.enabled) return <span className={`state state-${webhook.disabled_reason === 'admin' ? 'stopped' : 'failed'}`}><CircleOff size={15} aria-hidden /> {t('webhook.off')}</span>
  return webhook.failing_since === undefined
    ? <span className="state state-finished"><CircleCheck size={15} aria-hidden /> {t('webhook.on')}</span>
    : <span className="state state-paused"><TriangleAlert size={15} aria-hidden /> {t('webhook.on')}</span>
}
