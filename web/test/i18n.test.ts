import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MadangError } from '@madang/client'
import { describe, expect, test } from 'vitest'
import { en } from '../src/i18n/en'
import { codeText, errorText, fieldText } from '../src/i18n/error-text'
import { supported, translator } from '../src/i18n/i18n'
import { ko } from '../src/i18n/ko'
import { dayText, shortText } from '../src/i18n/time'

type Texts = Record<string, string | { one: string; other: string }>
const forms = (text: Texts[string] | undefined) => (typeof text === 'object' ? [text.one, text.other] : [text ?? ''])
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort()

describe('the languages', () => {
  test('have the same keys in the same order', () => {
    expect(Object.keys(ko)).toEqual(Object.keys(en))
  })

  test.each(Object.keys(en))('%s fills in the same values in both', (key) => {
    const [english, korean] = [(en as Texts)[key], (ko as Texts)[key]].map(forms)
    expect(korean?.map(holes)).toEqual(english?.map(holes))
    expect([...(english ?? []), ...(korean ?? [])]).not.toContain('')
  })

  test('no Korean particle that depends on a final consonant touches a value', () => {
    const touching = Object.entries(ko as Texts).filter(([, text]) => forms(text).some((form) => /\}(을|를|이|가|은|는|과|와|으로|로)(\s|$|[.,!?])/.test(form)))
    expect(touching).toEqual([])
  })

  test('every key is used somewhere', () => {
    const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !/(en|ko)\.ts$/.test(name))
      .map((name) => readFileSync(join('src', name), 'utf8'))
      .join('\n')
    const built = /^(error|invalid|people\.(everyone|friends|requests)|settings\.theme\.|admin\.role\.|crawl\.(state|scope|status|duplicate|code|term|from|gate|why|export|verdict|line)\.|webhook\.(state|reason|type)\.|inbox\.filter\.|post\.(audience|titleBy)\.|reaction\.(like|love|laugh|wow|sad|angry)$|explain\.(by|without|factor)\.|source\.kind\.|feed\.order\.|search\.in\.|moving\.(code\.|(follows|mutes|blocks|lists)$)|moderation\.(tab|state|act)\.|report\.reason\.|notify\.(channel|tab|breaker|rule|outcome|planned|state|answer|why|reason|step|unit|priority|quiet|doubt|fallback|kind|kindHint|fit|fitHint|to)\.|notify\.(restore|deleteCategory|per_hour|per_day)(Sure)?$|pref\.(push|pushHint|source|mute)\.|pref\.(email|phone)(Hint)?$|crawl\.(waiting|resting|parked|done|gone|refused)$)/
    expect(Object.keys(en).filter((key) => !built.test(key) && !source.includes(`'${key}'`))).toEqual([])
  })
})

describe('texts', () => {
  const [english, korean] = [translator('en'), translator('ko')]

  test('choose their form by count', () => {
    expect([1, 2].map((count) => english('room.members', { count }))).toEqual(['1 member', '2 members'])
    expect(korean('room.members', { count: 1 })).toBe('1명')
  })

  test('say the codes of the server, and name unknown ones', () => {
    expect(codeText(korean, 'name_taken')).toBe('이미 쓰이는 로그인 이름입니다.')
    expect(codeText(english, 'brand_new')).toBe('That did not work (brand_new).')
    expect(errorText(english, new TypeError('x'))).toBe('The server had a problem.')
  })

  test('point at the field that is wrong', () => {
    const error = new MadangError('invalid_fields', '', { errors: [{ field: 'password', code: 'weak_password' }, { field: 'name', code: 'new_code' }] })
    expect(fieldText(english, error, 'password')).toBe('This password is too common.')
    expect(fieldText(english, error, 'name')).toBe('Not valid.')
    expect(fieldText(english, error, 'display_name')).toBeUndefined()
  })

  test('tell days as people do', () => {
    const now = new Date(2026, 10, 22, 15)
    const at = (day: number) => new Date(2026, 10, day, 9, 5).toISOString()
    expect(dayText(at(22), 'ko', korean, now)).toBe('오늘')
    expect(shortText(at(21), 'en', english, now)).toBe('Yesterday')
    expect(dayText(at(3), 'ko', korean, now)).toBe('11월 3일 화요일')
  })
})

test.each([['ko-KR', 'ko'], ['EN_us'.replace('_', '-'), 'en'], ['fr', undefined], [null, undefined]])('language tag %s', (tag, locale) => {
  expect(supported(tag)).toBe(locale)
})
