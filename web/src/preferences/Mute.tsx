import type { Preferences } from '@madang/client'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { useAction } from '../ui/use-action'
import type { Change } from './PreferencesPage'

const HOUR_MS = 3_600_000
const spans = [{ name: 'hour', ms: HOUR_MS }, { name: 'eightHours', ms: 8 * HOUR_MS }, { name: 'day', ms: 24 * HOUR_MS }, { name: 'week', ms: 7 * 24 * HOUR_MS }] as const

/** Quiet for a while; the inbox fills all the same. */
export function Mute({ preferences, onChange }: { preferences: Preferences; onChange: Change }) {
  const { t, locale } = useI18n()
  const { busy, run } = useAction()
  const until = (at: Date) => void run(() => onChange({ muted_until: at.toISOString() }))
  return (
    <div className="mute">
      <p role="status">{preferences.muted_until === undefined ? t('pref.notMuted') : t('pref.mutedUntil', { time: fullText(preferences.muted_until, locale) })}</p>
      <div className="mute-spans">
        {preferences.muted_until !== undefined && <button type="button" className="button small primary" disabled={busy} onClick={() => until(new Date(0))}>{t('pref.unmute')}</button>}
        {spans.map(({ name, ms }) => <button key={name} type="button" className="button small" disabled={busy} onClick={() => until(new Date(Date.now() + ms))}>{t(`pref.mute.${name}`)}</button>)}
      </div>
    </div>
  )
}
