import { useState } from 'react'
import { Link } from 'react-router'
import { useApi, useSession } from '../app/session'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Field, PasswordField } from '../ui/Field'
import { Entrance } from './Entrance'
import { browserZone, deviceName, FormError, useEntranceForm } from './form'
import { secretFromLink } from './link-secret'

/** `/register`, and `/join#invite=CODE` for those who hold an invite. */
export function RegisterPage({ joining = false }: { joining?: boolean }) {
  const { t, locale } = useI18n()
  const { setup } = useSession()
  const api = useApi()
  const [invite] = useState(() => secretFromLink('invite'))
  const { busy, error, onSubmit } = useEntranceForm(async ({ name = '', password = '', display_name, invite: typed }) => {
    const code = invite ?? typed?.trim()
    await api.accounts.register({ name, password, display_name: display_name || undefined, invite: code || undefined, locale, time_zone: browserZone() })
    return api.accounts.signIn({ name, password, cookie: true, device_name: deviceName() })
  })
  const foot = <p className="entrance-foot">{t('register.hasAccount')} <Link to="/login">{t('register.toLogin')}</Link></p>
  if (setup?.registration === 'closed') {
    return <Entrance title={t('register.closed')} hint={t('register.closedHint')}>{foot}</Entrance>
  }
  const needsCode = setup?.registration === 'invite' && !invite
  return (
    <Entrance title={t(joining && invite ? 'join.title' : needsCode ? 'register.inviteOnly' : 'register.title')} hint={needsCode ? t('register.inviteHint') : undefined}>
      <form onSubmit={onSubmit}>
        {needsCode && <Field name="invite" label={t('field.invite')} required autoComplete="off" error={fieldText(t, error, 'invite')} />}
        <AccountFields error={error} />
        <FormError error={error} />
        <button className="button primary wide" disabled={busy}>{t('register.submit')}</button>
      </form>
      {foot}
    </Entrance>
  )
}

export function AccountFields({ error }: { error: unknown }) {
  const { t } = useI18n()
  return (
    <>
      <Field name="name" label={t('field.name')} hint={t('field.nameHint')} autoComplete="username" autoCapitalize="none" required maxLength={64} error={fieldText(t, error, 'name')} />
      <Field name="display_name" label={t('field.displayName')} hint={t('field.displayNameHint')} autoComplete="nickname" maxLength={64} error={fieldText(t, error, 'display_name')} />
      <PasswordField name="password" label={t('field.password')} hint={t('field.passwordHint')} autoComplete="new-password" required minLength={8} error={fieldText(t, error, 'password')} />
    </>
  )
}
