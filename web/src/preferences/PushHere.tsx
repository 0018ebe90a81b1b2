import { BellOff, BellRing } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { disablePush, enablePush, type PushState, pushState } from '../push/push'
import { useAction } from '../ui/use-action'

/** Whether this browser rings. */
export function PushHere() {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [state, setState] = useState<PushState>()
  useEffect(() => {
    pushState().then(setState, () => setState('unsupported'))
  }, [])
  const change = (to: Promise<PushState>) => to.then(setState).then(() => queries.invalidateQueries({ queryKey: ['addresses'] }))
  const Icon = state === 'on' ? BellRing : BellOff
  return (
    <div className="row">
      <Icon size={22} aria-hidden />
      <div className="row-text" role="status">{state && t(`pref.push.${state}`)}{state && <small>{t(`pref.pushHint.${state}`)}</small>}</div>
      {state === 'off' && <button type="button" className="button primary" disabled={busy} onClick={() => void run(() => change(enablePush(api.inbox, locale)))}>{t('pref.pushOn')}</button>}
      {state === 'on' && <button type="button" className="button" disabled={busy} onClick={() => void run(() => change(disablePush(api.inbox)))}>{t('pref.pushOff')}</button>}
    </div>
  )
}
