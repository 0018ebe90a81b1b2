import { MadangError, type NewNotification, type TemplateBody } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../app/session'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Field, Select } from '../ui/Field'
import { PreviewCard, sampleOf } from './Preview'
import { TextArea } from './TextArea'
import { languageName } from './titles'

export interface Words {
  kind: 'content' | 'template'
  title: string
  body: string
  url: string
  template: string
  /** Of the variables that the template names. */
  values: Readonly<Record<string, string>>
  /** Other values, as JSON. */
  more: string
}

interface SendWordsProps {
  words: Words
  onWords: (words: Words) => void
  error: unknown
}

const useTemplate = (name: string) => {
  const api = useApi()
  return useQuery({ queryKey: ['template', name, undefined], queryFn: () => api.templates.get(name), enabled: name !== '' }).data
}

/** What it says: words written here, or a template with its values. */
export function SendWords({ words, onWords, error }: SendWordsProps) {
  const { t } = useI18n()
  const put = (change: Partial<Words>) => onWords({ ...words, ...change })
  return (
    <>
      <div className="tabs" role="group" aria-label={t('notify.words')}>
        {(['content', 'template'] as const).map((kind) => <button key={kind} type="button" aria-pressed={words.kind === kind} onClick={() => put({ kind })}>{t(kind === 'content' ? 'notify.ownWords' : 'notify.template')}</button>)}
      </div>
      {words.kind === 'content' ? (
        <>
          <Field label={t('notify.titleField')} value={words.title} error={fieldText(t, error, 'title')} onChange={({ target }) => put({ title: target.value })} />
          <TextArea label={t('notify.bodyField')} rows={4} value={words.body} error={fieldText(t, error, 'body')} onChange={({ target }) => put({ body: target.value })} />
          <Field label={t('notify.urlField')} inputMode="url" autoCapitalize="none" spellCheck={false} placeholder="https://" value={words.url} error={fieldText(t, error, 'url')} onChange={({ target }) => put({ url: target.value })} />
        </>
      ) : <TemplateWords words={words} put={put} error={error} />}
    </>
  )
}

function TemplateWords({ words, put, error }: { words: Words; put: (change: Partial<Words>) => void; error: unknown }) {
  const { t } = useI18n()
  const api = useApi()
  const templates = useQuery({ queryKey: ['templates', 'some'], queryFn: () => api.templates.list({ limit: 100 }) }).data?.items ?? []
  const template = useTemplate(words.template)
  return (
    <>
      <Select label={t('notify.template')} value={words.template} onChange={({ target }) => put({ template: target.value, values: {} })}>
        {words.template === '' && <option value="">{t('notify.pickTemplate')}</option>}
        {templates.map(({ name, description }) => <option key={name} value={name}>{description === undefined ? name : `${name} · ${description}`}</option>)}
      </Select>
      {words.template === '' && fieldText(t, error, 'template') && <p className="field-note error" role="alert">{t('notify.pickTemplate')}</p>}
      {template && (
        <div className="two">
          {Object.keys(sampleOf(template)).map((name) => <Field key={name} label={name} value={words.values[name] ?? ''} onChange={({ target }) => put({ values: { ...words.values, [name]: target.value } })} />)}
        </div>
      )}
      <details className="more-values">
        <summary>{t('notify.moreValues')}</summary>
        <TextArea label={t('notify.dataField')} rows={4} code value={words.more} error={fieldText(t, error, 'data')} onChange={({ target }) => put({ more: target.value })} />
      </details>
    </>
  )
}

/** What somebody would get, as the words stand in the form. */
export function SendPreview({ words }: { words: Words }) {
  const { t } = useI18n()
  return words.kind === 'template' && words.template !== '' ? <TemplatePreview words={words} /> : (
    <section className="card card-form" aria-label={t('notify.preview')}>
      <h2 className="card-title">{t('notify.preview')}</h2>
      <div className="preview">
        {words.kind === 'content' && (words.title !== '' || words.body !== '')
          ? <div className="preview-push"><strong>{words.title}</strong><p>{words.body}</p>{words.url !== '' && <small className="quiet-text">{words.url}</small>}</div>
          : <p className="quiet-text">{t('notify.previewEmpty')}</p>}
      </div>
    </section>
  )
}

function TemplatePreview({ words }: { words: Words }) {
  const { t, locale } = useI18n()
  const template = useTemplate(words.template)
  const [chosen, setChosen] = useState<string>()
  if (!template) return null
  const tags = Object.keys(template.parts).sort()
  const tag = tags.find((each) => each === chosen) ?? tags.find((each) => each.split('-')[0] === locale) ?? template.default_locale
  const body: TemplateBody = { default_locale: template.default_locale, parts: template.parts }
  const languages = (
    <div className="tabs" role="group" aria-label={t('field.locale')}>
      {tags.map((each) => <button key={each} type="button" aria-pressed={each === tag} onClick={() => setChosen(each)}>{languageName(each, locale)}</button>)}
    </div>
  )
  // What has no value yet stands with its name.
  const given = Object.fromEntries(Object.entries(words.values).filter(([, value]) => value !== ''))
  return <PreviewCard name={words.template} locale={tag} body={body} data={{ ...sampleOf(template), ...given, ...moreOf(words.more) }}>{tags.length > 1 && languages}</PreviewCard>
}

function moreOf(text: string): Record<string, unknown> {
  try {
    return dataOf(text)
  } catch {
    return {} // the form says so when it is sent
  }
}

/** The part of the request that holds the words; a refusal where the JSON is none. */
export function wordsOf(words: Words, campaign: string): Pick<NewNotification, 'content' | 'template' | 'data'> {
  const named = campaign === '' ? {} : { campaign }
  if (words.kind === 'content') {
    const url = words.url.trim()
    return { content: { title: words.title.trim(), body: words.body.trim(), ...(url === '' ? {} : { url }) }, ...(campaign === '' ? {} : { data: named }) }
  }
  if (words.template === '') throw new MadangError('invalid_fields', '', { status: 422, errors: [{ field: 'template', code: 'required' }] })
  return { template: words.template, data: { ...words.values, ...dataOf(words.more), ...named } }
}

/** An object, or the refusal that the server would give. */
export function dataOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // said below
  }
  throw new MadangError('invalid_fields', '', { status: 422, errors: [{ field: 'data', code: 'invalid' }] })
}
