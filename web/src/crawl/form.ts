import { type BoostRule, type CrawlScope, type FieldError, MadangError, type NewCrawl } from '@madang/client'

export const scopes: readonly CrawlScope[] = ['host', 'domain', 'prefix', 'any']

const MEBIBYTE = 1024 * 1024
/** How one unit of the form counts on the wire. */
const units = {
  max_pages: 1,
  max_depth: 1,
  delay_ms: 1000,
  domain_delay_ms: 1000,
  address_delay_ms: 1000,
  latency_factor: 1,
  max_delay_ms: 1000,
  min_recrawl_seconds: 3_600,
  max_recrawl_seconds: 86_400,
  max_page_bytes: MEBIBYTE,
  concurrency: 1,
  domain_budget: 1,
  budget_per_reference: 1,
} as const

export type NumberField = keyof typeof units

/** As the server has them, in the form's units. */
export const defaults: Partial<Record<NumberField, number>> = {
  max_depth: 64,
  delay_ms: 1,
  latency_factor: 5,
  max_delay_ms: 60,
  min_recrawl_seconds: 1,
  max_recrawl_seconds: 14,
  max_page_bytes: 8,
  concurrency: 256,
  domain_budget: 1_000_000,
  budget_per_reference: 1_000,
}

/** One rule a line, the classes at its end: `/news/* +5`. A line without a number is sent as it is, for the server to refuse. */
export const boostsOf = (text: string): BoostRule[] =>
  linesOf(text).map((line) => {
    const [, pattern = line, classes] = /^(.*\S)\s+([+-]?\d{1,9})$/.exec(line) ?? []
    return { pattern, classes: Number(classes ?? 0) }
  })

export const boostText = ({ pattern, classes }: BoostRule) => `${pattern} ${classes > 0 ? '+' : ''}${classes}`

export const linesOf = (text: string) => text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '')

/** What is left empty is left out, so that the server's default holds. */
export function settingsOf(form: FormData): NewCrawl {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const settings: NewCrawl = {
    seeds: linesOf(text('seeds')),
    scope: scopes.find((scope) => scope === text('scope')) ?? 'host',
    obey_nofollow: form.has('obey_nofollow'),
    recrawl: form.has('recrawl'),
    archive: form.has('archive'),
    search: form.has('search'),
    documents_only: form.has('documents_only'),
    follow_importance: form.has('follow_importance'),
  }
  const boosts = boostsOf(text('boosts'))
  if (boosts.length > 0) settings.boosts = boosts
  if (text('name') !== '') settings.name = text('name')
  if (text('agent') !== '') settings.agent = text('agent')
  for (const name of Object.keys(units) as NumberField[]) {
    const value = text(name) === '' ? undefined : Number(text(name))
    // The factor alone may be broken; all else is counted.
    if (value !== undefined && Number.isFinite(value)) settings[name] = name === 'latency_factor' ? value : Math.round(value * units[name])
  }
  return settings
}

/** The refusals that belong to a field; `seeds.2` and `boosts.2.pattern` belong to the third entry. */
export function faultsOf(error: unknown, field: string): { index?: number; fault: FieldError }[] {
  if (!(error instanceof MadangError)) return []
  return error.errors.flatMap((fault) => {
    if (fault.field === field) return [{ fault }]
    const index = fault.field.startsWith(`${field}.`) ? Number(fault.field.slice(field.length + 1).split('.')[0]) : NaN
    return Number.isInteger(index) ? [{ index, fault }] : []
  })
}

const shownAtOnce = new Set(['name', 'seeds', 'scope', 'max_pages', 'max_depth', 'delay_ms'])

/** Whether something is wrong in the folded part. */
export const hidesFault = (error: unknown) =>
  error instanceof MadangError && error.errors.some(({ field }) => !shownAtOnce.has(field.split('.')[0] ?? ''))
