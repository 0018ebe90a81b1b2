import type { User } from '@madang/client'
import { useToasts } from '../app/toasts'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Dialog } from '../ui/Dialog'
import { useRelations } from './use-relations'

const HOUR_MS = 3_600_000
const spans = [{ name: 'hour', ms: HOUR_MS }, { name: 'eightHours', ms: 8 * HOUR_MS }, { name: 'day', ms: 24 * HOUR_MS }, { name: 'week', ms: 7 * 24 * HOUR_MS }] as const

/** For how long one does not want to read or hear of somebody. They are not told. */
export function MuteDialog({ person, onClose }: { person: User; onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const toasts = useToasts()
  const { busy, act } = useRelations()
  const mute = async (ms?: number) => {
    const done = await act(() => api.relations.mute(person.id, ms === undefined ? {} : { expires_at: new Date(Date.now() + ms).toISOString() }))
    if (!done) return
    toasts.info(t('people.mutedNow', { name: person.display_name }))
    onClose()
  }
  return (
    <Dialog title={t('people.muteName', { name: person.display_name })} onClose={onClose}>
      <p>{t('people.muteHint')}</p>
      <div className="mute-choices">
        {spans.map(({ name, ms }) => <button key={name} type="button" className="button" disabled={busy} onClick={() => void mute(ms)}>{t(`pref.mute.${name}`)}</button>)}
        <button type="button" className="button" disabled={busy} onClick={() => void mute()}>{t('people.muteForEver')}</button>
      </div>
    </Dialog>
  )
}
