import type { NewCrawl } from '@madang/client'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Field } from '../ui/Field'
import { AreaField, NumberField } from './fields'
import { boostText } from './form'

/** What few crawls need to change. */
export function AdvancedFields({ error, sent }: { error: unknown; sent: NewCrawl | undefined }) {
  const { t } = useI18n()
  return (
    <div className="fold-body">
      <h2>{t('crawl.form.politeness')}</h2>
      <div className="two">
        <NumberField label={t('crawl.form.domainDelay')} hint={t('crawl.form.domainDelayHint')} name="domain_delay_ms" step="any" error={error} />
        <NumberField label={t('crawl.form.addressDelay')} hint={t('crawl.form.addressDelayHint')} name="address_delay_ms" step="any" error={error} />
        <NumberField label={t('crawl.form.latencyFactor')} name="latency_factor" step="any" error={error} />
        <NumberField label={t('crawl.form.maxDelay')} name="max_delay_ms" step="any" error={error} />
      </div>
      <Field label={t('crawl.form.agent')} hint={t('crawl.form.agentHint')} name="agent" defaultValue="Madang" error={fieldText(t, error, 'agent')} />
      <Check name="obey_nofollow" label={t('crawl.form.nofollow')} on />
      <h2>{t('crawl.form.bounds')}</h2>
      <div className="two">
        <NumberField label={t('crawl.form.maxPageBytes')} name="max_page_bytes" step="any" error={error} />
        <NumberField label={t('crawl.form.concurrency')} name="concurrency" error={error} />
        <NumberField label={t('crawl.form.domainBudget')} name="domain_budget" error={error} />
        <NumberField label={t('crawl.form.budgetPerReference')} name="budget_per_reference" error={error} />
      </div>
      <h2>{t('crawl.form.order')}</h2>
      <AreaField label={t('crawl.form.boosts')} hint={t('crawl.form.boostsHint')} name="boosts" error={error} sent={sent?.boosts?.map(boostText)} rows={3} placeholder={'/news/* +5\n/archive/* -5'} />
      <Check name="follow_importance" label={t('crawl.form.followImportance')} on />
      <Check name="documents_only" label={t('crawl.form.documentsOnly')} on />
      <h2>{t('crawl.form.keeping')}</h2>
      <Check name="search" label={t('crawl.form.search')} on />
      <Check name="archive" label={t('crawl.form.archive')} on />
      <Check name="recrawl" label={t('crawl.form.recrawl')} />
      <div className="two">
        <NumberField label={t('crawl.form.minRecrawl')} name="min_recrawl_seconds" step="any" error={error} />
        <NumberField label={t('crawl.form.maxRecrawl')} name="max_recrawl_seconds" step="any" error={error} />
      </div>
    </div>
  )
}

function Check({ name, label, on }: { name: string; label: string; on?: boolean }) {
  return (
    <label className="check">
      <input type="checkbox" name={name} defaultChecked={on} /> <span>{label}</span>
    </label>
  )
}
