import { type PersonalAddressKind, type Suppression } from '@madang/client'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Ban, Mail, Phone, Search, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { EndlessList } from '../crawl/EndlessList'
import { FormError } from '../entrance/form'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Confirm } from '../ui/Confirm'
import { Empty } from '../ui/Empty'
import { Field } from '../ui/Field'
import { useAction } from '../ui/use-action'
import { reasonText } from './words'

/** Addresses that nothing is sent to, whoever has them. */
export function SuppressionsView() {
  const { t } = useI18n()
  const api = useApi()
  const [value, setValue] = useState('')
  const pages = useInfiniteQuery({
    queryKey: ['suppressions', value],
    queryFn: ({ pageParam }) => api.notifications.suppressions({ value: value || undefined, cursor: pageParam, limit: 30 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setValue(String(new FormData(event.currentTarget).get('value') ?? '').trim())
  }
  return (
    <>
      <section className="card card-form" aria-label={t('notify.suppress')}>
        <div>
          <h2 className="card-title">{t('notify.suppress')}</h2>
          <p className="quiet-text">{t('notify.suppressHint')}</p>
        </div>
        <AddForm />
      </section>
      <section className="card" aria-label={t('notify.tab.suppressions')}>
        <form className="notify-filter" role="search" onSubmit={search}>
          <Field label={t('notify.address')} hint={t('notify.addressSearchHint')} name="value" autoCapitalize="none" spellCheck={false} />
          <button className="button"><Search size={16} aria-hidden /> {t('notify.search')}</button>
        </form>
        <EndlessList pages={pages} empty={<Empty icon={<Ban size={30} />} title={t(value === '' ? 'notify.noSuppressions' : 'notify.notSuppressed')} hint={value || undefined} />}>
          {(items) => <ul className="rows">{items.map((each) => <SuppressionRow key={each.id} suppression={each} />)}</ul>}
        </EndlessList>
      </section>
    </>
  )
}

/** A number begins with its country, so the address itself says what it is. */
export const kindOf = (value: string): PersonalAddressKind => (value.startsWith('+') ? 'phone' : 'email')

function AddForm() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const toasts = useToasts()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const add = async (form: HTMLFormElement) => {
    const text = (name: string) => String(new FormData(form).get(name) ?? '').trim()
    await api.notifications.suppress(kindOf(text('value')), text('value'), text('reason') || undefined)
    form.reset()
    toasts.info(t('notify.suppressed'))
    await queries.invalidateQueries({ queryKey: ['suppressions'] })
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setError(undefined)
    setBusy(true)
    add(event.currentTarget).catch(setError).finally(() => setBusy(false))
  }
  return (
    <form className="notify-filter" onSubmit={submit} noValidate>
      <Field label={t('notify.addressToSuppress')} hint={t('notify.addressHint')} name="value" autoCapitalize="none" spellCheck={false} required error={fieldText(t, error, 'value')} />
      <Field label={t('notify.reasonLabel')} hint={t('notify.reasonHint')} name="reason" maxLength={100} error={fieldText(t, error, 'reason')} />
      <button className="button" disabled={busy}><Ban size={16} aria-hidden /> {t('action.add')}</button>
      {error !== undefined && fieldText(t, error, 'value') === undefined && <FormError error={error} />}
    </form>
  )
}

function SuppressionRow({ suppression: { id, kind, value, reason, created_at } }: { suppression: Suppression }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [asking, setAsking] = useState(false)
  const remove = () =>
    void run(async () => {
      await api.notifications.unsuppress(id)
      await queries.invalidateQueries({ queryKey: ['suppressions'] })
    })
  const Icon = kind === 'email' ? Mail : Phone
  return (
    <li className="row confirm-row">
      <Icon size={20} aria-hidden />
      <div className="row-text">{value}<small>{[reasonText(t, reason), fullText(created_at, locale)].join(' · ')}</small></div>
      {asking
        ? <Confirm label={t('notify.unsuppress')} text={t('notify.unsuppressSure', { address: value })} action={t('notify.unsuppress')} busy={busy} onYes={remove} onNo={() => setAsking(false)} />
        : <button type="button" className="icon-button small" aria-label={t('notify.unsuppressThis', { address: value })} onClick={() => setAsking(true)}><Trash2 size={17} aria-hidden /></button>}
    </li>
  )
}
