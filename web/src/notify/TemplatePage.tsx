import { MadangError, type Template, type TemplateBody, type TemplateParts } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useParams, useSearchParams } from 'react-router'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { BackLink } from '../crawl/BackLink'
import { FormError } from '../entrance/form'
import { errorText, fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Field, Select } from '../ui/Field'
import { Spinner } from '../ui/Spinner'
import { Preview } from './Preview'
import { TextArea } from './TextArea'
import { languageName } from './titles'

const fresh = (name: string): Template => ({ name, version: 0, built_in: false, default_locale: 'ko', parts: { ko: { title: '', body: '' }, en: { title: '', body: '' } } })

/** Edits the words of a template by language, beside what every channel would tell. */
export function TemplatePage() {
  const { t } = useI18n()
  const { name = '' } = useParams()
  const [params] = useSearchParams()
  const api = useApi()
  const version = Number(params.get('version')) || undefined
  const { data, error } = useQuery({
    queryKey: ['template', name, version],
    queryFn: () => api.templates.get(name, version).catch((reason: unknown) => {
      if (reason instanceof MadangError && reason.status === 404 && version === undefined) return fresh(name)
      throw reason
    }),
  })
  return (
    <>
      <BackLink to="/notify/templates" label={t('notify.tab.templates')} />
      {data ? <Editor key={`${data.name} ${data.version}`} template={data} /> : error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : <Spinner />}
    </>
  )
}

function Editor({ template }: { template: Template }) {
  const { t, locale: mine } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const toasts = useToasts()
  const [body, setBody] = useState<TemplateBody>({ description: template.description, default_locale: template.default_locale, parts: template.parts })
  // The reader's own language first.
  const [locale, setLocale] = useState(() => Object.keys(template.parts).find((tag) => tag.split('-')[0] === mine) ?? template.default_locale)
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const parts = body.parts[locale] ?? {}
  const put = (change: TemplateParts) => setBody({ ...body, parts: { ...body.parts, [locale]: { ...parts, ...change } } })
  const act = (work: () => Promise<unknown>, said: string) => {
    setError(undefined)
    setBusy(true)
    work().then(() => toasts.info(said)).catch(setError).finally(() => setBusy(false))
  }
  const save = (event: FormEvent) => {
    event.preventDefault()
    act(async () => {
      await api.templates.put(template.name, { ...body, parts: tidy(body.parts) })
      await Promise.all([['template', template.name], ['templates'], ['template-versions', template.name]].map((queryKey) => queries.invalidateQueries({ queryKey })))
    }, t('saved'))
  }
  return (
    <div className="template-columns">
      <form className="card card-form" aria-label={template.name} onSubmit={save} noValidate>
        <div className="queue-head">
          <h2>{template.name}</h2>
          <span className="tag">{template.built_in ? t('notify.builtIn') : template.version === 0 ? t('notify.unsaved') : t('notify.version', { version: template.version })}</span>
        </div>
        <Field label={t('notify.description')} value={body.description ?? ''} maxLength={200} onChange={({ target }) => setBody({ ...body, description: target.value === '' ? undefined : target.value })} />
        <Languages body={body} locale={locale} onLocale={setLocale} onBody={setBody} />
        <Field label={t('notify.titleField')} value={parts.title ?? ''} error={fieldText(t, error, 'title')} onChange={({ target }) => put({ title: target.value })} />
        <TextArea label={t('notify.bodyField')} rows={3} value={parts.body ?? ''} error={fieldText(t, error, 'body')} onChange={({ target }) => put({ body: target.value })} />
        <Field label={t('notify.urlField')} value={parts.url ?? ''} error={fieldText(t, error, 'url')} onChange={({ target }) => put({ url: target.value })} />
        <TextArea label={t('notify.channel.sms')} rows={2} value={parts.sms ?? ''} error={fieldText(t, error, 'sms')} onChange={({ target }) => put({ sms: target.value })} />
        <Field label={t('notify.subject')} value={parts.email?.subject ?? ''} error={fieldText(t, error, 'subject')} onChange={({ target }) => put({ email: { ...parts.email, subject: target.value } })} />
        <TextArea label={t('notify.mailText')} rows={3} value={parts.email?.text ?? ''} error={fieldText(t, error, 'text')} onChange={({ target }) => put({ email: { ...parts.email, text: target.value } })} />
        <TextArea label={t('notify.mailHtml')} rows={5} code value={parts.email?.html ?? ''} error={fieldText(t, error, 'html')} onChange={({ target }) => put({ email: { ...parts.email, html: target.value } })} />
        <p className="quiet-text">{t('notify.emptyParts')}</p>
        {error instanceof MadangError && error.errors.map(({ field, detail }) => <p key={field} className="field-note error"><code>{field}</code> {detail}</p>)}
        <FormError error={error} />
        <div className="button-row">
          <button type="button" className="button" disabled={busy || template.version === 0} onClick={() => act(() => api.templates.test(template.name), t('notify.testSent'))}>{t('notify.test')}</button>
          <button className="button primary" disabled={busy}>{t('notify.saveVersion')}</button>
        </div>
      </form>
      <div className="template-side">
        <Preview name={template.name} locale={locale} body={{ ...body, parts: tidy(body.parts) }} />
        <Versions name={template.name} />
      </div>
    </div>
  )
}

interface LanguagesProps {
  body: TemplateBody
  locale: string
  onLocale: (locale: string) => void
  onBody: (body: TemplateBody) => void
}

function Languages({ body, locale, onLocale, onBody }: LanguagesProps) {
  const { t, locale: mine } = useI18n()
  const add = (tag: string) => {
    const wanted = tag.trim()
    if (wanted === '' || body.parts[wanted]) return
    onBody({ ...body, parts: { ...body.parts, [wanted]: {} } })
    onLocale(wanted)
  }
  return (
    <>
      <div className="tabs" role="group" aria-label={t('field.locale')}>
        {Object.keys(body.parts).sort().map((each) => <button key={each} type="button" aria-pressed={each === locale} onClick={() => onLocale(each)}>{languageName(each, mine)}</button>)}
      </div>
      <div className="two">
        <Select label={t('notify.defaultLocale')} value={body.default_locale} onChange={({ target }) => onBody({ ...body, default_locale: target.value })}>
          {Object.keys(body.parts).sort().map((each) => <option key={each} value={each}>{languageName(each, mine)}</option>)}
        </Select>
        <Field label={t('notify.addLocale')} hint={t('notify.addLocaleHint')} onBlur={({ target }) => { add(target.value); target.value = '' }} />
      </div>
    </>
  )
}

function Versions({ name }: { name: string }) {
  const { t } = useI18n()
  const api = useApi()
  const [params, setParams] = useSearchParams()
  const { data } = useQuery({ queryKey: ['template-versions', name], queryFn: () => api.templates.versions(name, { limit: 100 }), retry: false })
  if (!data || data.items.length === 0) return null
  return (
    <section className="card" aria-label={t('notify.versions')}>
      <Select label={t('notify.versions')} value={params.get('version') ?? ''} onChange={({ target }) => setParams(target.value === '' ? {} : { version: target.value })}>
        <option value="">{t('notify.current')}</option>
        {data.items.map(({ version }) => <option key={version} value={version}>{t('notify.version', { version })}</option>)}
      </Select>
    </section>
  )
}

/** What was left empty is absent: the server makes it of title and body. Languages without any words are left out. */
export function tidy(parts: TemplateBody['parts']): TemplateBody['parts'] {
  const filled = <Part extends object>(part: Part) => Object.fromEntries(Object.entries(part).filter(([, value]) => value !== '' && value !== undefined && value !== null))
  const all = Object.entries(parts).map(([tag, { email, ...words }]) => {
    const mail = filled(email ?? {})
    return [tag, { ...filled(words), ...(Object.keys(mail).length === 0 ? {} : { email: mail }) }] as const
  })
  return Object.fromEntries(all.filter(([, words]) => Object.keys(words).length > 0))
}
