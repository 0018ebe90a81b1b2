import type { Device } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { LogOut, MonitorSmartphone } from 'lucide-react'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { useAddresses } from '../preferences/AddressBook'
import { fullText } from '../i18n/time'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'

export function Devices() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const { data } = useQuery({ queryKey: ['devices'], queryFn: () => api.accounts.devices({ limit: 100 }) })
  const addresses = useAddresses().data
  const pushed = addresses?.devices.filter((each) => each.dead_at === undefined).map((each) => each.device_id) ?? []
  if (!data) return <Spinner />
  const ending = (end: () => Promise<unknown>) => () =>
    void run(async () => {
      await end()
      await queries.invalidateQueries({ queryKey: ['devices'] })
    })
  return (
    <>
      <ul className="rows">
        {data.items.map((device) => (
          <DeviceRow key={device.id} device={device} hasPush={pushed.includes(device.id)} busy={busy} onSignOut={ending(() => api.accounts.signOutDevice(device.id))} />
        ))}
      </ul>
      {data.items.length > 1 && (
        <div className="button-row">
          <button type="button" className="button" disabled={busy} onClick={ending(() => api.accounts.signOutOtherDevices())}>{t('settings.signOutOthers')}</button>
        </div>
      )}
    </>
  )
}

function DeviceRow({ device, hasPush, busy, onSignOut }: { device: Device; hasPush: boolean; busy: boolean; onSignOut: () => void }) {
  const { t, locale } = useI18n()
  const name = device.name || t('settings.unnamedDevice')
  return (
    <li className="row">
      <MonitorSmartphone size={22} aria-hidden />
      <div className="row-text">
        {name}
        <small>{device.current ? t('settings.thisDevice') : t('settings.lastSeen', { time: fullText(device.last_seen_at ?? device.created_at, locale) })}</small>
      </div>
      {hasPush && <span className="tag">{t('pref.hasPush')}</span>}
      {!device.current && (
        <button type="button" className="icon-button" disabled={busy} aria-label={t('settings.signOutDevice', { name })} onClick={onSignOut}>
          <LogOut size={18} aria-hidden />
        </button>
      )}
    </li>
  )
}
