import type { en } from './en'

export type Locale = 'en' | 'ko'
export type MessageKey = keyof typeof en
type Plural = { one: string; other: string }

/** Every language has the same keys, and two forms where English has two. */
export type Messages = { [Key in MessageKey]: (typeof en)[Key] extends string ? string : Plural }

export type Values = Record<string, string | number>

export function format(message: string | Plural, values: Values = {}, locale: Locale = 'en'): string {
  const text = typeof message === 'string' ? message : message[pluralForm(Number(values['count'] ?? 0), locale)]
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

function pluralForm(count: number, locale: Locale): 'one' | 'other' {
  return new Intl.PluralRules(locale).select(count) === 'one' ? 'one' : 'other'
}
