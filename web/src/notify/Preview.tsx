import type { DeliveryChannel, TemplateBody, TemplatePreview, TemplatePreviewRequest } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useDeferredValue, useState } from 'react'
import { useApi } from '../app/session'
import { bytesText } from '../crawl/text'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { channels } from '../preferences/Matrix'
import { TextArea } from './TextArea'

interface PreviewProps {
  name: string
  locale: string
  body: TemplateBody
}

/** The server's own, whatever the data says. */
const given = ['else', 'this', 'recipient', 'category', 'unsubscribe_url']

/** A value for every variable that the words name, to begin with. Loops are left to the author. */
export function sampleOf(body: TemplateBody): Record<string, string> {
  const names = [...JSON.stringify(body.parts).matchAll(/\{\{\{?(?:#if\s+|[a-z_]\w*\s+)?([a-z_]\w*)/gi)].map((found) => found[1] ?? '')
  return Object.fromEntries([...new Set(names)].filter((name) => !given.includes(name)).map((name) => [name, name === 'url' ? 'https://example.org/' : `⟨${name}⟩`]))
}

/** What each channel would tell, of the words as they stand in the form. */
export function Preview({ name, locale, body }: PreviewProps) {
  const { t } = useI18n()
  const [text, setText] = useState(() => JSON.stringify(sampleOf(body), null, 2))
  const data = objectOf(text)
  return (
    <PreviewCard name={name} locale={locale} body={body} data={data}>
      <TextArea label={t('notify.dataField')} code rows={5} value={text} error={data === undefined ? t('invalid.invalid') : undefined} onChange={({ target }) => setText(target.value)} />
    </PreviewCard>
  )
}

interface PreviewCardProps extends PreviewProps {
  /** Undefined while they are none that can be read. */
  data: Record<string, unknown> | undefined
  children?: ReactNode
}

/** One channel at a time, by words and values that are given. */
export function PreviewCard({ name, locale, body, data, children }: PreviewCardProps) {
  const { t } = useI18n()
  const api = useApi()
  const [channel, setChannel] = useState<DeliveryChannel>('push')
  // As text, so that what has not changed asks nothing.
  const asked = useDeferredValue(JSON.stringify({ data, parts: body.parts, default_locale: body.default_locale }))
  const { data: shown, error } = useQuery({
    queryKey: ['preview', name, locale, channel, asked],
    queryFn: () => api.templates.preview(name, { channel, locale, ...(JSON.parse(asked) as Pick<TemplatePreviewRequest, 'data' | 'parts' | 'default_locale'>) }),
    enabled: data !== undefined && Object.keys(body.parts).length > 0,
    placeholderData: (before) => before,
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
  })
  return (
    <section className="card card-form" aria-label={t('notify.preview')}>
      <h2 className="card-title">{t('notify.preview')}</h2>
      <div className="tabs" role="group" aria-label={t('notify.channelLabel')}>
        {channels.map((each) => <button key={each} type="button" aria-pressed={each === channel} onClick={() => setChannel(each)}>{t(`notify.channel.${each}`)}</button>)}
      </div>
      <div className="preview" aria-live="polite">
        {error ? <p className="form-error">{errorText(t, error)}{'message' in error && error.message !== '' && <><br /><small>{error.message}</small></>}</p> : shown && <Shown channel={channel} preview={shown} />}
      </div>
      {children}
    </section>
  )
}

function Shown({ channel, preview }: { channel: DeliveryChannel; preview: TemplatePreview }) {
  const { t, locale } = useI18n()
  const size = (bytes: number) => <small className="quiet-text">{bytesText(bytes, locale)}</small>
  const ring = channel === 'inbox' ? preview.inbox : preview.push
  if ((channel === 'inbox' || channel === 'push') && ring) {
    return <div className="preview-push"><strong>{ring.title}</strong><p>{ring.body}</p>{ring.url !== undefined && <small className="quiet-text">{ring.url}</small>}{size(ring.size_bytes)}</div>
  }
  if (channel === 'sms' && preview.sms) {
    const { sms } = preview
    return <div className="preview-sms"><p>{sms.text}</p><small className="quiet-text">{t('notify.segments', { count: sms.segments, encoding: sms.encoding.toUpperCase(), units: sms.units, left: sms.left })}</small></div>
  }
  if (channel === 'email' && preview.email) {
    const { email } = preview
    return (
      <div className="preview-mail">
        <strong>{email.subject}</strong>
        {/* Without scripts, forms and the rights of this page: an author's HTML is shown, never run. */}
        {email.html !== undefined && <iframe title={t('notify.mailHtml')} sandbox="" srcDoc={email.html} />}
        <pre>{email.text}</pre>
        {size(email.size_bytes)}
      </div>
    )
  }
  if (channel === 'webhook' && preview.webhook) return <pre>{JSON.stringify(preview.webhook.body, null, 2)}</pre>
  return null
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
