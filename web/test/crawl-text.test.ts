import { describe, expect, test } from 'vitest'
import { bytesText, crawlCode, crawlName, durationText, numberText, percentText, rateText, readable, shortNumber, statusClass, webHref } from '../src/crawl/text'
import { translator } from '../src/i18n/i18n'

const [english, korean] = [translator('en'), translator('ko')]

describe('numbers', () => {
  test('are written as the reader writes them', () => {
    expect(numberText(1_234_567.8, 'en')).toBe('1,234,568')
    expect([9_999, 12_345].map((value) => shortNumber(value, 'en'))).toEqual(['9,999', '12.3K'])
    expect(shortNumber(12_345, 'ko')).toBe('1.2만')
    expect([0.25, 412.4].map((value) => rateText(value, 'en'))).toEqual(['0.3', '412'])
  })

  test('of bytes grow their unit', () => {
    expect([0, 999, 22_000, 1_500_000, 3e12].map((bytes) => bytesText(bytes, 'en'))).toEqual(['0 bytes', '999 bytes', '22 kB', '1.5 MB', '3 TB'])
    expect(bytesText(2e15, 'en')).toBe('2,000 TB')
  })

  test('of percent never call something nothing', () => {
    expect([0, 0.0001, 0.5, 1].map((share) => percentText(share, 'en'))).toEqual(['0%', '< 1%', '50%', '100%'])
  })
})

test.each([
  [0, '0 ms', '0ms'],
  [999, '999 ms', '999ms'],
  [1_500, '1.5 sec', '1.5초'],
  [59_600, '1 min', '1분'],
  [61_000, '1 min 1 sec', '1분 1초'],
  [7_512_000, '2 hr 5 min', '2시간 5분'],
  [90_000_000, '1 day 1 hr', '1일 1시간'],
  [86_400_000, '1 day', '1일'],
])('%i ms last', (ms, inEnglish, inKorean) => {
  expect([durationText(ms, 'en'), durationText(ms, 'ko')]).toEqual([inEnglish, inKorean])
})

test('a crawl is called by its first seed', () => {
  expect(crawlName({ settings: { seeds: ['https://example.org/'] } }, english)).toBe('example.org')
  expect(crawlName({ settings: { seeds: ['HTTP://뜰.kr/a/', 'https://b.org', 'https://c.org'] } }, korean)).toBe('뜰.kr/a 외 2개')
  expect(crawlName({ settings: { seeds: [] } }, english)).toBe('')
  expect(crawlName({ name: '정원', settings: { seeds: ['https://example.org/'] } }, english)).toBe('정원')
})

test('codes that are new to us are shown as they stand', () => {
  expect(crawlCode(korean, 'robots')).toBe('robots.txt가 금지함')
  expect(crawlCode(english, 'brand_new_reason')).toBe('brand new reason')
  expect(crawlCode(english, '__proto__')).toBe('  proto  ')
})

test.each([[200, '2xx'], [304, '3xx'], [404, '4xx'], [599, '5xx'], [0, 'none'], [101, 'none'], [999, 'none']] as const)('status %i is %s', (status, expected) => {
  expect(statusClass(status)).toBe(expected)
})

test('a crawled address becomes a link only when it is one of the web', () => {
  expect(webHref('https://example.org/a?b#c')).toBe('https://example.org/a?b#c')
  expect(['javascript:alert(1)', ' java\nscript:alert(1)', 'data:text/html,x', 'not a url', ''].map(webHref)).toEqual([undefined, undefined, undefined, undefined, undefined])
})

test('addresses are shown in letters, unless that would mislead', () => {
  expect(readable('https://example.org/%EB%9C%B0?a=%20b')).toBe('https://example.org/%EB%9C%B0?a=%20b')
  expect(readable('https://example.org/%EB%9C%B0')).toBe('https://example.org/뜰')
  expect(readable('https://example.org/%E2%80%AEcod.exe')).toBe('https://example.org/%E2%80%AEcod.exe')
  expect(readable('https://example.org/%ff')).toBe('https://example.org/%ff')
  expect(readable('https://example.org/a%2Fb')).toBe('https://example.org/a%2Fb')
})
