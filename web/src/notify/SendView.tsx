import { type DeliveryChannel, MadangError, type NewNotification, newClientId } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { Send } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { FormError } from '../entrance/form'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { channels } from '../preferences/Matrix'
import { Field, Select } from '../ui/Field'
import { TextArea } from './TextArea'

/** Sends a notification by hand: to people, a topic or segment, or to everybody. */
export function SendView() {
  const { t } = useI18n()
  const api = useApi()
  const toasts = useToasts()
  const navigate = useNavigate()
  const [to, setTo] = useState<'users' | 'audience' | 'all'>('users')
  const [words, setWords] = useState<'content' | 'template'>('content')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const event = useRef(newClientId())
  const categories = useQuery({ queryKey: ['categories'], queryFn: () => api.notifications.categories() }).data?.items ?? []
  const audiences = useQuery({ queryKey: ['audiences'], queryFn: () => api.notifications.audiences({ limit: 100 }) }).data?.items ?? []
  const templates = useQuery({ queryKey: ['templates'], queryFn: () => api.templates.list() }).data?.items ?? []
  const send = async (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const wanted: NewNotification = {
      // The same form sent twice is one notification.
      event_id: event.current,
      category: text('category'),
      to: to === 'all' ? { all: true } : to === 'audience' ? { audience: text('audience') } : { user_ids: text('users').split(/[\s,]+/).filter((id) => id !== '') },
      channels: form.getAll('channels').length === 0 ? undefined : (form.getAll('channels') as DeliveryChannel[]),
      send_at: text('send_at') === '' ? undefined : new Date(text('send_at')).toISOString(),
      ...(words === 'content' ? { content: { title: text('title'), body: text('body'), ...(text('url') === '' ? {} : { url: text('url') }) } } : { template: text('template'), data: dataOf(text('data')) }),
    }
    const { id } = await api.notifications.send(wanted)
    event.current = newClientId()
    toasts.info(t('notify.accepted'))
    void navigate(`/notify/log/${id}`)
  }
  const submit = (happened: FormEvent<HTMLFormElement>) => {
    happened.preventDefault()
    setError(undefined)
    setBusy(true)
    send(new FormData(happened.currentTarget)).catch(setError).finally(() => setBusy(false))
  }
  return (
    <form className="card card-form" aria-label={t('notify.tab.send')} onSubmit={submit} noValidate>
      <div className="two">
        <Select key={categories.length} label={t('notify.category')} name="category" defaultValue="announcement">{categories.map(({ name }) => <option key={name} value={name}>{name}</option>)}</Select>
        <Select label={t('notify.to')} value={to} onChange={({ target }) => setTo(target.value === 'all' ? 'all' : target.value === 'audience' ? 'audience' : 'users')}>
          <option value="users">{t('notify.toUsers')}</option>
          <option value="audience" disabled={audiences.length === 0}>{t('notify.toAudience')}</option>
          <option value="all">{t('notify.toAll')}</option>
        </Select>
      </div>
      {to === 'users' && <Field label={t('notify.users')} hint={t('notify.usersHint')} name="users" inputMode="numeric" error={fieldText(t, error, 'user_ids') ?? fieldText(t, error, 'to')} />}
      {to === 'audience' && <Select label={t('notify.toAudience')} name="audience">{audiences.map(({ name, title }) => <option key={name} value={name}>{title}</option>)}</Select>}
      <Select label={t('notify.words')} value={words} onChange={({ target }) => setWords(target.value === 'template' ? 'template' : 'content')}>
        <option value="content">{t('notify.ownWords')}</option>
        <option value="template" disabled={templates.length === 0}>{t('notify.template')}</option>
      </Select>
      {words === 'content' ? (
        <>
          <Field label={t('notify.titleField')} name="title" error={fieldText(t, error, 'title')} />
          <TextArea label={t('notify.bodyField')} name="body" rows={4} error={fieldText(t, error, 'body')} />
          <Field label={t('notify.urlField')} name="url" error={fieldText(t, error, 'url')} />
        </>
      ) : (
        <>
          <Select label={t('notify.template')} name="template">{templates.map(({ name }) => <option key={name} value={name}>{name}</option>)}</Select>
          <TextArea label={t('notify.dataField')} name="data" rows={5} defaultValue="{}" code error={fieldText(t, error, 'data')} />
        </>
      )}
      <fieldset className="send-channels">
        <legend>{t('notify.channelsLabel')}</legend>
        {channels.map((channel) => <label key={channel} className="check"><input type="checkbox" name="channels" value={channel} /> <span>{t(`notify.channel.${channel}`)}</span></label>)}
      </fieldset>
      <Field label={t('notify.sendAt')} hint={t('notify.sendAtHint')} name="send_at" type="datetime-local" error={fieldText(t, error, 'send_at')} />
      <FormError error={error} />
      <div className="button-row"><button className="button primary" disabled={busy}><Send size={16} aria-hidden /> {t('notify.send')}</button></div>
    </form>
  )
}

/** An object, or the refusal that the server would give. */
export function dataOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // said below
  }
  throw new MadangError('invalid_fields', '', { status: 422, errors: [{ field: 'data', code: 'invalid' }] })
}
