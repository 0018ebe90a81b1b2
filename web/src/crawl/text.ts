import type { CrawlSettings, StatusClass } from '@madang/client'
import { hasMessage, type Translate } from '../i18n/i18n'
import type { Locale } from '../i18n/messages'

const formats = new Map<string, Intl.NumberFormat>()

function format(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options)
  let found = formats.get(key)
  if (!found) formats.set(key, (found = new Intl.NumberFormat(locale, options)))
  return found
}

export const numberText = (value: number, locale: Locale) => format(locale, { maximumFractionDigits: 0 }).format(value)

/** Short from 10,000 on: 12K, 1.2만. */
export const shortNumber = (value: number, locale: Locale) =>
  value < 10_000 ? numberText(value, locale) : format(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value)

export const rateText = (value: number, locale: Locale) => format(locale, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)

/** Whole percents; what is there is never 0 %. */
export function percentText(share: number, locale: Locale): string {
  const percent = (value: number) => format(locale, { style: 'percent', maximumFractionDigits: 0 }).format(value)
  return share > 0 && share < 0.01 ? `< ${percent(0.01)}` : percent(share)
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

export function bytesText(bytes: number, locale: Locale): string {
  const step = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  return format(locale, { style: 'unit', unit: byteUnits[step], unitDisplay: step === 0 ? 'long' : 'short', maximumFractionDigits: step > 0 && value < 100 ? 1 : 0 }).format(value)
}

const timeUnits = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** The two largest units: 2 hr 5 min. Below ten seconds with a decimal, below one in milliseconds. */
export function durationText(ms: number, locale: Locale): string {
  const unit = (value: number, name: string, digits = 0) => format(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }).format(value)
  if (ms < 1_000) return unit(Math.max(0, ms), 'millisecond')
  if (ms < 10_000) return unit(ms / 1000, 'second', 1)
  const seconds = Math.round(ms / 1000)
  const at = timeUnits.findIndex(([, size]) => seconds >= size)
  const [name, size] = timeUnits[at] ?? timeUnits[3]
  const below = timeUnits[at + 1]
  const whole = unit(Math.floor(seconds / size), name)
  const rest = below ? Math.floor((seconds % size) / below[1]) : 0
  return below && rest > 0 ? `${whole} ${unit(rest, below[0])}` : whole
}

/** Its name, or the first seed's address without its scheme, and how many there are beside it. */
export function crawlName(crawl: { name?: string; settings: Pick<CrawlSettings, 'seeds'> }, t: Translate): string {
  if (crawl.name) return crawl.name
  const [first = '', ...others] = crawl.settings.seeds
  const name = readable(first).replace(/^https?:\/\//i, '').replace(/\/$/, '')
  return others.length === 0 ? name : t('crawl.more', { name, count: others.length })
}

/** A code of the crawler in words; one that is new to us as it stands. */
export function crawlCode(t: Translate, code: string): string {
  const key = `crawl.code.${code}`
  return hasMessage(key) ? t(key) : code.replaceAll('_', ' ')
}

export function statusClass(status: number): StatusClass {
  const first = Math.floor(status / 100)
  return first >= 2 && first <= 5 ? (`${first}xx` as StatusClass) : 'none'
}

export const statusClasses: readonly StatusClass[] = ['2xx', '3xx', '4xx', '5xx', 'none']

/** What may stand in an href: a crawled address is anybody's text. */
export function webHref(url: string): string | undefined {
  try {
    const { protocol, href } = new URL(url)
    return protocol === 'http:' || protocol === 'https:' ? href : undefined
  } catch {
    return undefined
  }
}

/** An address with its escapes undone where that shows letters; never where it would show what hides or turns text around. */
export function readable(url: string): string {
  try {
    const plain = decodeURI(url)
    return /[\p{C}\p{Z}]/u.test(plain) ? url : plain
  } catch {
    return url
  }
}
