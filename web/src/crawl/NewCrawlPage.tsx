import type { NewCrawl } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { FormError } from '../entrance/form'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Field } from '../ui/Field'
import { AdvancedFields } from './AdvancedFields'
import { BackLink } from './BackLink'
import { AreaField, NumberField } from './fields'
import { hidesFault, scopes, settingsOf } from './form'

/** Seeds and a scope are enough; the rest has defaults. What the server refuses is said at its field. */
export function NewCrawlPage() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<{ error: unknown; sent: NewCrawl }>()
  const error = refusal?.error
  const [unfolded, setUnfolded] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  // Once the fields say what is wrong with them, and no frame earlier.
  useEffect(() => {
    if (refusal) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [refusal])
  usePageTitle(`${t('crawl.form.title')} · ${t('app.name')}`)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setBusy(true)
    setRefusal(undefined)
    const sent = settingsOf(new FormData(event.currentTarget))
    api.crawls.start(sent).then(
      async (crawl) => {
        queries.setQueryData(['crawl', crawl.id], crawl)
        void queries.invalidateQueries({ queryKey: ['crawls'] })
        await navigate(`/crawls/${crawl.id}`, { replace: true })
      },
      (reason: unknown) => {
        setRefusal({ error: reason, sent })
        setBusy(false)
        if (hidesFault(reason)) setUnfolded(true)
      },
    )
  }
  return (
    <main className="page" id="main">
      <header className="crawl-head">
        <BackLink to="/crawls" label={t('crawl.title')} />
        <h1>{t('crawl.form.title')}</h1>
      </header>
      <form ref={form} className="card card-form" onSubmit={submit} noValidate>
        <Field label={t('crawl.form.name')} hint={t('crawl.form.nameHint')} name="name" maxLength={100} error={fieldText(t, error, 'name')} />
        <AreaField label={t('crawl.form.seeds')} hint={t('crawl.form.seedsHint')} name="seeds" error={error} sent={refusal?.sent.seeds} rows={4} placeholder="https://example.org/" inputMode="url" />
        <Scope />
        <div className="two">
          <NumberField label={t('crawl.form.maxPages')} hint={t('crawl.form.maxPagesHint')} name="max_pages" error={error} />
          <NumberField label={t('crawl.form.maxDepth')} name="max_depth" error={error} />
        </div>
        <NumberField label={t('crawl.form.delay')} hint={t('crawl.form.delayHint')} name="delay_ms" step="any" error={error} />
        <details className="fold" open={unfolded} onToggle={(event) => setUnfolded(event.currentTarget.open)}>
          <summary>{t('crawl.form.advanced')}</summary>
          <AdvancedFields error={error} sent={refusal?.sent} />
        </details>
        <FormError error={error} />
        <div className="button-row"><button className="button primary" disabled={busy}>{t('crawl.form.submit')}</button></div>
      </form>
    </main>
  )
}

function Scope() {
  const { t } = useI18n()
  return (
    <fieldset className="choice choice-four">
      <legend>{t('crawl.form.scope')}</legend>
      {scopes.map((scope) => (
        <label key={scope} className="choice-item">
          <input type="radio" name="scope" value={scope} className="visually-hidden" defaultChecked={scope === 'host'} />
          <span>{t(`crawl.scope.${scope}`)}</span>
          <small>{t(`crawl.scope.${scope}Hint`)}</small>
        </label>
      ))}
    </fieldset>
  )
}
