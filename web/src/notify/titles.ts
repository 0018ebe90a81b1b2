import type { Category } from '@madang/client'
import type { Locale } from '../i18n/messages'

/** What people of this language read; without their language another, at last the name. */
export function titleOf({ name, titles }: Pick<Category, 'name' | 'titles'>, locale: Locale): string {
  const near = Object.keys(titles).find((tag) => tag.toLowerCase().split('-')[0] === locale)
  return titles[locale] ?? (near === undefined ? undefined : titles[near]) ?? titles['en'] ?? Object.values(titles)[0] ?? name
}

/** How a language calls another: ko → "Korean". A tag that nobody knows stays as it is. */
export function languageName(tag: string, locale: Locale): string {
  try {
    return new Intl.DisplayNames([locale], { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}
