import type { Addresses, PersonalAddressKind } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Mail, Phone, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useApi } from '../app/session'
import { FormError } from '../entrance/form'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Field } from '../ui/Field'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'

export const useAddresses = () => {
  const api = useApi()
  return useQuery({ queryKey: ['addresses'], queryFn: () => api.inbox.addresses() })
}

/** One e-mail address and one number, each proven by a code that was sent there. */
export function AddressBook() {
  const { data } = useAddresses()
  if (!data) return <Spinner />
  return (
    <div className="addresses">
      <AddressOf kind="email" addresses={data} />
      <AddressOf kind="phone" addresses={data} />
    </div>
  )
}

function AddressOf({ kind, addresses }: { kind: PersonalAddressKind; addresses: Addresses }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [changing, setChanging] = useState(false)
  const address = addresses.addresses.find((each) => each.kind === kind)
  const pending = addresses.pending.find((each) => each.kind === kind)
  const Icon = kind === 'email' ? Mail : Phone
  const again = () => queries.invalidateQueries({ queryKey: ['addresses'] })
  const remove = () => void run(async () => { await api.inbox.deleteAddress(kind); await again() })
  return (
    <section className="address" aria-label={t(`pref.${kind}`)}>
      {(address ?? pending) && (
        <div className="row">
          <Icon size={20} aria-hidden />
          <div className="row-text">
            {address?.value ?? pending?.value}
            <small>{address?.dead_at !== undefined ? t('pref.dead') : address ? t('pref.verified', { time: fullText(address.verified_at, locale) }) : t('pref.waitsForCode')}</small>
          </div>
          {address && !changing && !pending && <button type="button" className="button small" onClick={() => setChanging(true)}>{t('pref.change')}</button>}
          <button type="button" className="icon-button small" disabled={busy} aria-label={t('pref.removeAddress', { address: address?.value ?? pending?.value ?? '' })} onClick={remove}><Trash2 size={17} aria-hidden /></button>
        </div>
      )}
      {pending
        ? <OneField key="code" label={t('pref.code')} hint={t('pref.codeHint', { address: pending.value })} field="code" submit={t('pref.verify')} inputMode="numeric" autoComplete="one-time-code" onSubmit={(code) => api.inbox.verifyAddress(kind, code).then(again)} />
        : (!address || changing) && (
          <OneField key="value" label={t(`pref.${kind}`)} hint={t(`pref.${kind}Hint`)} field="value" submit={t('pref.sendCode')} type={kind === 'email' ? 'email' : 'tel'} autoComplete={kind === 'email' ? 'email' : 'tel'} onSubmit={(value) => api.inbox.beginAddress(kind, value).then(again).then(() => setChanging(false))} />
        )}
    </section>
  )
}

interface OneFieldProps extends Omit<React.InputHTMLAttributes<HTMLInputElement>, 'onSubmit'> {
  label: string
  hint: string
  field: string
  submit: string
  onSubmit: (value: string) => Promise<unknown>
}

function OneField({ label, hint, field, submit, onSubmit, ...input }: OneFieldProps) {
  const { t } = useI18n()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const wrong = fieldText(t, error, field)
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setError(undefined)
    setBusy(true)
    onSubmit(String(new FormData(event.currentTarget).get(field) ?? '').trim()).catch(setError).finally(() => setBusy(false))
  }
  return (
    <form className="one-field" onSubmit={send} noValidate>
      <Field label={label} hint={hint} name={field} required error={wrong} {...input} />
      <button className="button" disabled={busy}>{submit}</button>
      {wrong === undefined && <FormError error={error} />}
    </form>
  )
}
