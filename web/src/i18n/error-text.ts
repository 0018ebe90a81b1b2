import { MadangError } from '@madang/client'
import { hasMessage, type Translate } from './i18n'

/** The server's stable code in the reader's language. */
export function codeText(t: Translate, code: string): string {
  const key = `error.${code}`
  return hasMessage(key) ? t(key) : t('error.unknown', { code })
}

export function errorText(t: Translate, error: unknown): string {
  return codeText(t, error instanceof MadangError ? error.code : 'internal')
}

/** What is wrong with one field of a form, if anything is. */
export function fieldText(t: Translate, error: unknown, field: string): string | undefined {
  if (!(error instanceof MadangError)) return undefined
  const found = error.errors.find((each) => each.field === field || each.field.endsWith(`.${field}`))
  if (!found) return undefined
  const key = `invalid.${found.code}`
  return hasMessage(key) ? t(key) : t('invalid.invalid')
}
