import { Link, Navigate } from 'react-router'
import { useApi, useSession } from '../app/session'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Field, PasswordField } from '../ui/Field'
import { Entrance } from './Entrance'
import { deviceName, FormError, useEntranceForm } from './form'

export function LoginPage() {
  const { t } = useI18n()
  const { setup } = useSession()
  const api = useApi()
  const { busy, error, onSubmit } = useEntranceForm(({ name = '', password = '' }) =>
    api.accounts.signIn({ name, password, cookie: true, device_name: deviceName() }),
  )
  if (setup?.needed) return <Navigate to="/setup" replace />
  return (
    <Entrance title={t('login.title')}>
      <form onSubmit={onSubmit}>
        <Field name="name" label={t('field.name')} autoComplete="username" autoCapitalize="none" required maxLength={64} error={fieldText(t, error, 'name')} />
        <PasswordField name="password" label={t('field.password')} autoComplete="current-password" required error={fieldText(t, error, 'password')} />
        <FormError error={error} />
        <button className="button primary wide" disabled={busy}>{t('login.submit')}</button>
      </form>
      {setup?.registration !== 'closed' && (
        <p className="entrance-foot">{t('login.noAccount')} <Link to="/register">{t('login.toRegister')}</Link></p>
      )}
    </Entrance>
  )
}
