import type { DeliveryChannel, PreferenceRow, Preferences } from '@madang/client'
import { RotateCcw } from 'lucide-react'
import { useI18n } from '../i18n/i18n'
import { useAction } from '../ui/use-action'
import type { Change } from './PreferencesPage'

export const channels: readonly DeliveryChannel[] = ['inbox', 'push', 'email', 'sms', 'webhook']

/** What by which channel; each cell says where its value comes from. */
export function Matrix({ preferences, onChange }: { preferences: Preferences; onChange: Change }) {
  const { t } = useI18n()
  const { busy, run } = useAction()
  const shown = channels.filter((channel) => preferences.matrix.some((row) => row.channels[channel]))
  const choose = (row: PreferenceRow, channel: DeliveryChannel, on: boolean) =>
    void run(() => onChange({ choices: { ...preferences.choices, [row.category]: { ...preferences.choices[row.category], [channel]: on } } }))
  const forget = ({ category }: PreferenceRow) => {
    const { [category]: _, ...choices } = preferences.choices
    void run(() => onChange({ choices }))
  }
  return (
    <table className="matrix">
      <thead>
        <tr>
          <th scope="col">{t('pref.category')}</th>
          {shown.map((channel) => <th key={channel} scope="col">{t(`notify.channel.${channel}`)}</th>)}
          <td />
        </tr>
      </thead>
      <tbody>
        <tr className="matrix-all">
          <th scope="row">{t('pref.allOf')}</th>
          {shown.map((channel) => {
            const on = preferences.channels[channel]
            return (
              <td key={channel}>
                {on !== undefined && <Cell label={t('pref.cell', { category: t('pref.allOf'), channel: t(`notify.channel.${channel}`) })} on={on} fixed={busy} onChange={(next) => void run(() => onChange({ channels: { ...preferences.channels, [channel]: next } }))} />}
              </td>
            )
          })}
          <td />
        </tr>
        {preferences.matrix.map((row) => (
          <tr key={row.category}>
            <th scope="row">{row.title}</th>
            {shown.map((channel) => {
              const cell = row.channels[channel]
              return (
                <td key={channel}>
                  {cell && (
                    <Cell label={t('pref.cell', { category: row.title, channel: t(`notify.channel.${channel}`) })} on={cell.on} note={t(`pref.source.${cell.source}`)} fixed={busy || cell.source === 'mandatory' || cell.source === 'channel'} onChange={(on) => choose(row, channel, on)} />
                  )}
                </td>
              )
            })}
            <td className="matrix-reset">
              {preferences.choices[row.category] && (
                <button type="button" className="icon-button small" disabled={busy} aria-label={t('pref.reset', { category: row.title })} title={t('pref.resetShort')} onClick={() => forget(row)}><RotateCcw size={16} aria-hidden /></button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell({ label, on, note, fixed, onChange }: { label: string; on: boolean; note?: string; fixed: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="matrix-cell">
      <input type="checkbox" checked={on} disabled={fixed} aria-label={note === undefined ? label : `${label} (${note})`} onChange={(event) => onChange(event.target.checked)} />
      {note !== undefined && <small aria-hidden="true">{note}</small>}
    </label>
  )
}
