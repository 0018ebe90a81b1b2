import { type FormEvent, useState } from 'react'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { FormError } from '../entrance/form'
import { PasswordField } from '../ui/Field'

export function Password() {
  const { t } = useI18n()
  const api = useApi()
  const toasts = useToasts()
  const [error, setError] = useState<unknown>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const values = new FormData(form)
    setError(undefined)
    api.accounts.changePassword(String(values.get('current')), String(values.get('new'))).then(() => {
      form.reset()
      toasts.info(t('settings.passwordChanged'))
    }, setError)
  }
  return (
    <form className="card-form" onSubmit={submit}>
      <div className="two">
        <PasswordField name="current" label={t('field.currentPassword')} required autoComplete="current-password" error={fieldText(t, error, 'current_password')} />
        <PasswordField name="new" label={t('field.newPassword')} hint={t('field.passwordHint')} required minLength={8} autoComplete="new-password" error={fieldText(t, error, 'new_password')} />
      </div>
      <FormError error={error} />
      <div className="button-row"><button className="button">{t('settings.changePassword')}</button></div>
    </form>
  )
}
