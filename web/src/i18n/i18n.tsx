import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react'
import { en } from './en'
import { ko } from './ko'
import { format, type Locale, type MessageKey, type Messages, type Values } from './messages'

const languages: Record<Locale, Messages> = { en, ko }
const STORED = 'madang.locale'

export type Translate = (key: MessageKey, values?: Values) => string

interface I18n {
  locale: Locale
  t: Translate
  setLocale: (locale: Locale) => void
}

export function translator(locale: Locale): Translate {
  return (key, values) => format(languages[locale][key], values, locale)
}

export function hasMessage(key: string): key is MessageKey {
  return Object.hasOwn(en, key)
}

/** Anything like a language tag becomes one of ours. */
export function supported(tag: string | null | undefined): Locale | undefined {
  const language = tag?.toLowerCase().split('-')[0]
  return language === 'ko' || language === 'en' ? language : undefined
}

function initialLocale(): Locale {
  const asked = [localStorage.getItem(STORED), ...navigator.languages]
  return asked.map(supported).find((locale) => locale !== undefined) ?? 'en'
}

const Context = createContext<I18n>({ locale: 'en', t: translator('en'), setLocale: () => undefined })

export const useI18n = () => use(Context)

export function I18nProvider({ children, start }: { children: ReactNode; start?: Locale }) {
  const [locale, choose] = useState<Locale>(() => start ?? initialLocale())
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])
  const value = useMemo<I18n>(
    () => ({
      locale,
      t: translator(locale),
      setLocale: (next) => {
        localStorage.setItem(STORED, next)
        choose(next)
      },
    }),
    [locale],
  )
  return <Context value={value}>{children}</Context>
}
