import { describe, expect, test } from 'vitest'
import { evenly, layersOf } from '../src/charts/series'
import { dayOf, ruleOf } from '../src/notify/AudienceRule'
import { dayName, daysOf } from '../src/notify/days'
import { durationOf, unitOf } from '../src/notify/Duration'
import { dataOf, type Words, wordsOf } from '../src/notify/SendWords'
import { languageName, titleOf } from '../src/notify/titles'

const formOf = (values: Record<string, string>) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(values)) form.append(name, value)
  return form
}

test.each([[undefined, 'hours'], [86_400_000, 'days'], [5_400_000, 'minutes'], [7_200_000, 'hours'], [90_000, 'minutes']] as const)('%s ms are told in %s', (ms, unit) => {
  expect(unitOf(ms)).toBe(unit)
})

test('a duration is its number times its unit, or none', () => {
  expect(durationOf(formOf({ ttl: '1.5', ttl_unit: 'days' }), 'ttl')).toBe(129_600_000)
  expect(durationOf(formOf({ ttl: ' ', ttl_unit: 'days' }), 'ttl')).toBeUndefined()
})

test('a title is in the language, in one near to it, in English, or the name', () => {
  expect(titleOf({ name: 'a', titles: { ko: '가', en: 'A' } }, 'ko')).toBe('가')
  expect(titleOf({ name: 'a', titles: { 'ko-KR': '가', en: 'A' } }, 'ko')).toBe('가')
  expect(titleOf({ name: 'a', titles: { ja: 'あ', en: 'A' } }, 'ko')).toBe('A')
  expect(titleOf({ name: 'a', titles: {} }, 'ko')).toBe('a')
  expect([languageName('ko', 'en'), languageName('en', 'ko'), languageName('not a tag', 'ko')]).toEqual(['Korean', '영어', 'not a tag'])
})

describe('the days of a funnel', () => {
  const since = '2026-11-20T10:00:00Z'
  const counts = { sent: 3, delivered: 0, failed: 0, opened: 0, clicked: 0, converted: 0, unsubscribed: 0, dismissed: 0, machine: { opened: 0, clicked: 0 } }
  test('have none missing, and end today or later', () => {
    const days = daysOf({ since, by_day: [{ day: '2026-11-21', counts }] }, Date.parse('2026-11-23T01:00:00Z'))
    expect(days.map(({ day, counts: { sent } }) => `${day} ${sent}`)).toEqual(['2026-11-20 0', '2026-11-21 3', '2026-11-22 0', '2026-11-23 0'])
    expect(daysOf({ since, by_day: [{ day: '2026-11-25', counts }] }, Date.parse('2026-11-23T01:00:00Z')).at(-1)?.day).toBe('2026-11-25')
    expect(daysOf({ since, by_day: [{ day: '2099-01-01', counts }] })).toHaveLength(400)
  })
  test('are called as people call them', () => {
    expect([dayName('2026-11-03', 'ko'), dayName('2026-11-03', 'en'), dayName('', 'en')]).toEqual(['11월 3일', 'Nov 3', ''])
  })
  test('stand evenly', () => {
    expect(evenly([[1], [2], [0]]).x).toEqual([0, 0.5, 1])
    expect(layersOf(evenly([[1], [2]]), 2)).toEqual(['M0 0.5L1 0L1 1L0 1Z'])
  })
})

test('a rule holds what is filled in; its days begin here', () => {
  const rule = ruleOf(formOf({ locales: ' ko,  en-GB ', time_zones: '', roles: 'admin', created_after: '2026-02-01', created_before: '' }))
  expect(rule).toEqual({ locales: ['ko', 'en-GB'], roles: ['admin'], created_after: new Date(2026, 1, 1).toISOString() })
  expect(dayOf(rule.created_after)).toBe('2026-02-01')
  expect(dayOf(undefined)).toBe('')
})

describe('the words of a notification', () => {
  const words: Words = { kind: 'content', title: ' Hi ', body: 'there', url: '', template: '', values: { who: 'Kim' }, more: '{"n":1}' }
  test('are content or a template with its values', () => {
    expect(wordsOf(words, '')).toEqual({ content: { title: 'Hi', body: 'there' } })
    expect(wordsOf({ ...words, url: 'https://a.org' }, 'spring')).toEqual({ content: { title: 'Hi', body: 'there', url: 'https://a.org' }, data: { campaign: 'spring' } })
    expect(wordsOf({ ...words, kind: 'template', template: 'hello' }, 'spring')).toEqual({ template: 'hello', data: { who: 'Kim', n: 1, campaign: 'spring' } })
  })
  test('are refused before they are sent where they cannot be read', () => {
    expect(() => wordsOf({ ...words, kind: 'template' }, '')).toThrow()
    for (const text of ['[1]', 'null', '{', '1']) expect(() => dataOf(text)).toThrow()
    expect(dataOf(' ')).toEqual({})
  })
})
