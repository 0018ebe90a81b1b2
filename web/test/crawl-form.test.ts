import { MadangError } from '@madang/client'
import { describe, expect, test } from 'vitest'
import { boostsOf, boostText, faultsOf, hidesFault, linesOf, settingsOf } from '../src/crawl/form'

function form(values: Record<string, string>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(values)) data.set(name, value)
  return data
}

describe('the form', () => {
  test('leaves out what is empty and counts in the units of the wire', () => {
    expect(settingsOf(form({ seeds: ' https://a.org/ \r\n\n https://b.org/ ', scope: 'prefix', max_pages: '', delay_ms: '0.25', latency_factor: '2.5', max_page_bytes: '0.5', max_recrawl_seconds: '2', archive: 'on', search: 'on', agent: ' ' }))).toEqual({
      seeds: ['https://a.org/', 'https://b.org/'], scope: 'prefix', obey_nofollow: false, recrawl: false, archive: true, search: true, documents_only: false, follow_importance: false,
      delay_ms: 250, latency_factor: 2.5, max_page_bytes: 524_288, max_recrawl_seconds: 172_800,
    })
  })

  test('passes on what only the server may judge', () => {
    expect(settingsOf(form({ name: ' 정원 ', seeds: '', scope: 'moon', max_depth: '-3' }))).toMatchObject({ name: '정원', seeds: [], scope: 'host', max_depth: -3 })
  })

  test('reads a rule a line, and leaves what is none to the server', () => {
    const rules = boostsOf('/news/* +5\n /a  b -15\n\n/alone\n7')
    expect(rules).toEqual([{ pattern: '/news/*', classes: 5 }, { pattern: '/a  b', classes: -15 }, { pattern: '/alone', classes: 0 }, { pattern: '7', classes: 0 }])
    expect(rules.slice(0, 2).map(boostText)).toEqual(['/news/* +5', '/a  b -15'])
  })

  test('an empty box has no lines', () => {
    expect(linesOf(' \n\r\n')).toEqual([])
  })
})

describe('refusals', () => {
  const error = new MadangError('invalid_fields', '', { errors: [{ field: 'seeds.1', code: 'invalid' }, { field: 'seeds', code: 'too_long' }, { field: 'seeds_x', code: 'invalid' }, { field: 'boosts.3.pattern', code: 'invalid' }] })

  test('find their entry', () => {
    expect(faultsOf(error, 'seeds').map(({ index, fault }) => [index, fault.code])).toEqual([[1, 'invalid'], [undefined, 'too_long']])
    expect(faultsOf(error, 'boosts').map(({ index }) => index)).toEqual([3])
    expect(faultsOf(new Error('x'), 'seeds')).toEqual([])
  })

  test('unfold the part that hides them', () => {
    const at = (field: string) => hidesFault(new MadangError('invalid_fields', '', { errors: [{ field, code: 'invalid' }] }))
    expect(['seeds.3', 'max_depth', 'allow.0', 'concurrency'].map(at)).toEqual([false, false, true, true])
  })
})
