import type { PriorityTerm, UrlReason } from '@madang/client'
import { hasMessage, type Translate } from '../i18n/i18n'
import type { Locale } from '../i18n/messages'
import { fullText } from '../i18n/time'
import { boostText } from './form'
import { bytesText, crawlCode, durationText, numberText, readable } from './text'

type Facts = NonNullable<UrlReason['facts']>

/** Which of a code's sentences fits what is known. */
function variant(code: string, facts: Facts): string {
  if (code === 'robots' && facts.line !== undefined) return 'robotsLine'
  if (code === 'template_budget' && facts.template !== undefined) return 'templateBudgetOf'
  if (code === 'robots_unreachable' && facts.until !== undefined) return 'robotsUnreachableUntil'
  if (code === 'failed' && facts.fault !== undefined) return 'failedFault'
  if (code === 'failed' && facts.status !== undefined) return 'failedStatus'
  if (code === 'duplicate' && facts.kind !== undefined && facts.url !== undefined) return `duplicate.${facts.kind}`
  return code
}

/** A reason in the reader's language; one that is new to us as the server tells it. */
export function reasonText(t: Translate, { code, detail, facts = {} }: UrlReason, locale: Locale): string {
  const key = `crawl.why.${variant(code, facts)}`
  if (!hasMessage(key)) return detail
  const { limit } = facts
  return t(key, {
    scope: facts.scope === undefined ? '' : t(`crawl.scope.${facts.scope}`),
    limit: limit === undefined ? '' : code === 'crawl_delay_too_long' ? durationText(limit, locale) : code === 'too_long' ? bytesText(limit, locale) : numberText(limit, locale),
    line: facts.line ?? '',
    template: facts.template ?? '',
    count: facts.count ?? 0,
    number: numberText(facts.count ?? 0, locale),
    of: numberText(facts.of ?? 0, locale),
    fault: facts.fault === undefined ? '' : crawlCode(t, facts.fault),
    status: facts.status ?? '',
    url: facts.url === undefined ? '' : readable(facts.url),
    until: facts.until === undefined ? '' : fullText(facts.until, locale),
    gates: (facts.gates ?? []).map((gate) => t(`crawl.gate.${gate}`)).join(', '),
  })
}

/** Where a term comes from, in the reader's language. */
export function termWhy(t: Translate, { name, classes, detail, amount, rules }: PriorityTerm, locale: Locale): string {
  if (name === 'boost') return rules?.map(boostText).join(', ') ?? detail
  const key = name === 'importance' && amount === undefined ? `crawl.from.importance${classes < 0 ? 'Sooner' : 'Later'}` : `crawl.from.${name}`
  if (!hasMessage(key)) return detail
  const digits = { maximumFractionDigits: 2, style: name === 'changes' ? ('percent' as const) : undefined }
  return t(key, { count: amount ?? 0, number: new Intl.NumberFormat(locale, digits).format(amount ?? 0) })
}
