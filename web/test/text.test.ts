import { describe, expect, test } from 'vitest'
import { partsOf } from '../src/chat/text'

const links = (text: string) => partsOf(text).flatMap(({ href }) => href ?? [])

describe('addresses in a message', () => {
  test.each([
    ['see https://example.org/a?b=1#c.', ['https://example.org/a?b=1#c']],
    ['(https://example.org)', ['https://example.org']],
    ['https://en.wikipedia.org/wiki/Madang_(disambiguation), yes', ['https://en.wikipedia.org/wiki/Madang_(disambiguation)']],
    ['주소는 https://example.org를 보세요', ['https://example.org']],
    ['http://a.test\nhttps://b.test', ['http://a.test', 'https://b.test']],
    ['javascript:alert(1) ftp://x data:text/html,x', []],
    ['https://', []],
    ['no address', []],
  ])('%s', (text, found) => {
    expect(links(text)).toEqual(found)
  })

  test('nothing of the text is lost', () => {
    const text = 'a https://example.org, b https://c.test) 끝\n'
    expect(partsOf(text).map((part) => part.text).join('')).toBe(text)
  })
})
