import { type FormEvent, useState } from 'react'
import { useApi, useMe, useSession } from '../app/session'
import { useToasts } from '../app/toasts'
import { useI18n } from '../i18n/i18n'
import { Avatar } from '../ui/Avatar'
import { Field, Select } from '../ui/Field'
import { useAction } from '../ui/use-action'

export function Profile() {
  const { t, locale } = useI18n()
  const me = useMe()
  const { enter } = useSession()
  const api = useApi()
  const toasts = useToasts()
  const { busy, run } = useAction()
  const [name, setName] = useState(me.display_name)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    void run(async () => {
      enter(await api.accounts.updateMe({ display_name: name.trim(), locale: String(form.get('locale')), time_zone: String(form.get('time_zone')) }))
      toasts.info(t('saved'))
    })
  }
  return (
    <form className="card-form" onSubmit={submit}>
      <div className="profile-head">
        <Avatar id={me.id} name={name} size={56} />
        <div><strong>{me.display_name}</strong><small>@{me.name}</small></div>
      </div>
      <Field label={t('field.displayName')} value={name} required maxLength={64} autoComplete="nickname" onChange={(event) => setName(event.target.value)} />
      <div className="two">
        <Select label={t('field.locale')} name="locale" defaultValue={locale} key={locale}>
          <option value="ko" lang="ko">한국어</option>
          <option value="en" lang="en">English</option>
        </Select>
        <Select label={t('field.timeZone')} name="time_zone" defaultValue={me.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone}>
          {zones(me.time_zone).map((zone) => <option key={zone}>{zone}</option>)}
        </Select>
      </div>
      <div className="button-row"><button className="button primary" disabled={busy || name.trim() === ''}>{t('action.save')}</button></div>
    </form>
  )
}

/** What the browser knows, and what is set already. */
function zones(current: string | undefined): string[] {
  const known = new Set(['UTC', Intl.DateTimeFormat().resolvedOptions().timeZone, ...Intl.supportedValuesOf('timeZone')])
  if (current) known.add(current)
  return [...known].sort()
}
