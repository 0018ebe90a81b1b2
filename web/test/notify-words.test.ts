import type { PlanDecision } from '@madang/client'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { en } from '../src/i18n/en'
import { translator } from '../src/i18n/i18n'
import { ko } from '../src/i18n/ko'
import { sampleOf } from '../src/notify/Preview'
import { tidy } from '../src/notify/TemplatePage'
import { reasonText, whyText, wordOf } from '../src/notify/words'
import { rowsOf, spansOf } from '../src/preferences/quiet'

const server = join('..', 'src', 'Madang.Notifications')
const source = (...path: string[]) => readFileSync(join(server, ...path), 'utf8')
const snake = (name: string) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase()

/** The members of an enum of the server, as the wire spells them. */
function members(name: string, ...path: string[]): string[] {
  const body = new RegExp(`enum ${name}\\s*\\{([^}]*)\\}`).exec(source(...path))?.[1] ?? ''
  return [...body.matchAll(/^\s*(\w+) = \d+/gm)].map((match) => snake(match[1] ?? ''))
}

function reasonsOfPlans(): string[] {
  const files = ['Planning', 'Explaining'].flatMap((folder) => readdirSync(join(server, folder)).map((file) => source(folder, file)))
  const found = files.flatMap((text) => [...text.matchAll(/"(reason|source)":"([a-z_]+)"/g)].map((match) => match[2] ?? ''))
  return [...new Set(found)].filter((code) => code !== 'off' && code !== 'channel')
}

function reasonsOfDeliveries(): string[] {
  const own = [...source('Delivering', 'Delivery.cs').matchAll(/public const string \w+ = "([a-z_]+)/g)].map((match) => match[1] ?? '')
  const drops = [...source('Planning', 'ClaimChecks.cs').matchAll(/<c>([a-z_]+)<\/c>/g)].map((match) => match[1] ?? '')
  return [...own, ...drops]
}

describe.each([['en', en], ['ko', ko]] as const)('in %s', (_, texts) => {
  const told = new Set(Object.keys(texts))
  test.each([
    ['rule', members('Rule', 'Planning', 'PersonPlan.cs')],
    ['answer', members('AnswerClass', 'Channels', 'ProviderAnswer.cs')],
    ['state', members('DeliveryState', 'Delivering', 'DeliveryState.cs')],
    ['planned', members('NotificationState', 'Notification.cs')],
    ['breaker', members('BreakerState', 'Delivering', 'Lanes', 'Breaker.cs')],
    ['why', reasonsOfPlans()],
    ['reason', reasonsOfDeliveries()],
  ])('every %s that the server knows has its words', (kind, codes) => {
    expect(codes.length).toBeGreaterThan(2)
    expect(codes.filter((code) => !told.has(`notify.${kind}.${code}`))).toEqual([])
  })
})

describe('a decision', () => {
  const decision = (rule: PlanDecision['rule'], inputs: Record<string, unknown>): PlanDecision => ({ rule, channel: 'push', outcome: 'drop', inputs })
  const [english, korean] = [translator('en'), translator('ko')]

  test('tells what it went by', () => {
    expect(whyText(english, decision('limit', { reason: 'limit', scope: 'all', in_hour: 20, per_hour: 20, in_day: 31, per_day: null }), 'en')).toBe('20 of 20 in this hour, 31 of ∞ on this day.')
    expect(whyText(korean, decision('preference', { reason: 'off', source: 'mine' }), 'ko')).toBe('본인이 껐습니다.')
    expect(whyText(english, decision('digest', { window_s: 600 }), 'en')).toBe('What comes within 10 min is told together.')
    expect(whyText(english, decision('quiet_hours', { reason: 'quiet_hours', zone: 'Asia/Seoul', local: '23:10', until: '2026-11-23T22:00:00Z' }), 'en')).toMatch(/^It is 23:10 in Asia\/Seoul; quiet until /)
  })

  test('that is new to us is told as it stands', () => {
    expect(whyText(english, decision('address', { reason: 'brand_new' }), 'en')).toBe('brand new')
    expect(whyText(english, decision('address', {}), 'en')).toBeUndefined()
    expect(wordOf(english, 'rule', 'moon_phase')).toBe('moon phase')
    expect(reasonText(english, '410 Unregistered')).toBe('410 Unregistered')
    expect(reasonText(english, 'no_answer: the node was lost')).toBe('The server was lost before the answer came.')
  })
})

test('a preview begins with a value for every variable', () => {
  const words = { title: '{{sender}} in {{place}}', body: '{{truncate text 500}}{{#if late}}!{{else}}.{{/if}}', url: '{{default url ""}}' }
  expect(sampleOf({ default_locale: 'en', parts: { en: words } })).toEqual({ sender: '⟨sender⟩', place: '⟨place⟩', text: '⟨text⟩', late: '⟨late⟩', url: 'https://example.org/' })
})

test('what was left empty is not sent', () => {
  expect(tidy({ ko: { title: '하나', body: '', email: { subject: '' } }, en: { title: '' } })).toEqual({ ko: { title: '하나' } })
})

test('quiet hours keep their days through the editor', () => {
  const spans = [{ day: 'monday', from: '22:00', to: '07:00' }, { day: 'friday', from: '22:00', to: '07:00' }, { day: 'sunday', from: '12:00', to: '14:00' }] as const
  expect(spansOf(rowsOf(spans))).toEqual(spans)
  expect(rowsOf(spans)).toHaveLength(2)
})
