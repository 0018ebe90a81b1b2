import type { NotificationDeliveryState } from '@madang/client'
import { CircleCheck, CircleHelp, CircleSlash, CircleX, Clock, Send } from 'lucide-react'
import { useI18n } from '../i18n/i18n'
import { wordOf } from './words'

const looks = {
  waiting: { icon: Clock, colour: 'paused' },
  sending: { icon: Send, colour: 'running' },
  ambiguous: { icon: CircleHelp, colour: 'paused' },
  sent: { icon: CircleCheck, colour: 'finished' },
  delivered: { icon: CircleCheck, colour: 'finished' },
  dead: { icon: CircleX, colour: 'failed' },
  canceled: { icon: CircleSlash, colour: 'stopped' },
  expired: { icon: CircleX, colour: 'failed' },
  dropped: { icon: CircleSlash, colour: 'stopped' },
}

export function DeliveryStateBadge({ state }: { state: NotificationDeliveryState }) {
  const { t } = useI18n()
  const { icon: Icon, colour } = looks[state]
  return <span className={`state state-${colour}`}><Icon size={15} aria-hidden /> {wordOf(t, 'state', state)}</span>
}
