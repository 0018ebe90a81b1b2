import type { PlanDecision } from '@madang/client'
import { durationText, numberText } from '../crawl/text'
import { hasMessage, type Translate } from '../i18n/i18n'
import type { Locale } from '../i18n/messages'
import { fullText } from '../i18n/time'

const plain = (code: string) => code.replaceAll('_', ' ')

/** A word of the server in the reader's language; one that is new to us as it stands. */
export function wordOf(t: Translate, kind: 'rule' | 'outcome' | 'state' | 'answer' | 'planned' | 'breaker' | 'channel', code: string): string {
  const key = `notify.${kind}.${code}`
  return hasMessage(key) ? t(key) : plain(code)
}

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** Which sentence fits: the reason, the source, or the window of a digest. */
function codeOf({ inputs, rule }: PlanDecision): string | undefined {
  if (typeof inputs['reason'] === 'string') return inputs['reason'] === 'off' ? `off_${textOf(inputs['source'])}` : inputs['reason']
  if (typeof inputs['source'] === 'string') return inputs['source']
  return rule === 'digest' ? 'window' : undefined
}

/** Why the planner decided so, in the reader's language. */
export function whyText(t: Translate, decision: PlanDecision, locale: Locale): string | undefined {
  const code = codeOf(decision)
  if (code === undefined) return undefined
  const key = `notify.why.${code}`
  if (!hasMessage(key)) return plain(code)
  const { inputs } = decision
  const number = (name: string) => (typeof inputs[name] === 'number' ? numberText(inputs[name], locale) : '∞')
  return t(key, {
    until: typeof inputs['until'] === 'string' ? fullText(inputs['until'], locale) : '',
    at: typeof inputs['expires_at'] === 'string' ? fullText(inputs['expires_at'], locale) : '',
    zone: textOf(inputs['zone']),
    local: textOf(inputs['local']),
    window: typeof inputs['window_s'] === 'number' ? durationText(inputs['window_s'] * 1_000, locale) : '',
    hour: number('in_hour'),
    perHour: number('per_hour'),
    day: number('in_day'),
    perDay: number('per_day'),
  })
}

/** Our own reasons of a delivery in words; a provider's as it came. */
export function reasonText(t: Translate, reason: string): string {
  const key = `notify.reason.${reason.split(':')[0] ?? ''}`
  return hasMessage(key) ? t(key) : reason
}
