import { useState } from 'react'
import { Link } from 'react-router'
import { useApi, useSession } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Entrance } from './Entrance'
import { browserZone, deviceName, FormError, useEntranceForm } from './form'
import { secretFromLink } from './link-secret'
import { AccountFields } from './RegisterPage'

/** `/setup#token=…`, the link that the server prints when it starts for the first time. */
export function SetupPage() {
  const { t, locale } = useI18n()
  const { setup } = useSession()
  const api = useApi()
  const [token] = useState(() => secretFromLink('token'))
  const { busy, error, onSubmit } = useEntranceForm(({ name = '', password = '', display_name }) =>
    api.accounts.completeSetup({ token: token ?? '', name, password, display_name: display_name || undefined, locale, time_zone: browserZone(), device_name: deviceName(), cookie: true }),
  )
  if (setup && !setup.needed) {
    return <Entrance title={t('setup.done')}><Link className="button primary wide" to="/login">{t('login.submit')}</Link></Entrance>
  }
  if (!token) return <Entrance title={t('setup.noToken')} hint={t('setup.noTokenHint')} />
  return (
    <Entrance title={t('setup.title')} hint={t('setup.hint')}>
      <form onSubmit={onSubmit}>
        <AccountFields error={error} />
        <FormError error={error} />
        <button className="button primary wide" disabled={busy}>{t('setup.submit')}</button>
      </form>
    </Entrance>
  )
}
