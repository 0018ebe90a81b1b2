import { describe, expect, test } from 'vitest'
import { attemptOf, published, storedDraft, storeDraft } from '../src/feed/draft'
import { firstLink, wordsOf } from '../src/feed/words'

const marked = (text: string, more: Parameters<typeof wordsOf>[0] = {}) =>
  wordsOf({ text, tags: ['정원', 'garden'], mentions: [{ user_id: '2', name: 'joon' }], ...more }).filter(({ kind }) => kind !== 'text').map(({ kind, text: word }) => [kind, word])

describe('the words of a post', () => {
  test('keep the whole text, in order', () => {
    const text = '@joon, 정원 #정원을 #정원 #Garden. see https://a.org/x#y.'
    expect(wordsOf({ text, tags: ['정원', 'garden'], mentions: [{ user_id: '2', name: 'joon' }] }).map((word) => word.text).join('')).toBe(text)
  })

  test('are tags and people only where the server says so', () => {
    expect(marked('@joon #정원 #Garden #unknown @nobody')).toEqual([['person', '@joon'], ['tag', '#정원'], ['tag', '#Garden']])
  })

  test('leave the dot that ends a sentence, and marks within words', () => {
    expect(marked('ask @joon. mail x@joon a#garden')).toEqual([['person', '@joon']])
    expect(marked('＃garden-club')).toEqual([['tag', '＃garden']])
  })

  test('in a link belong to the link', () => {
    expect(marked('https://a.org/#garden')).toEqual([['link', 'https://a.org/#garden']])
    expect(firstLink('보세요: https://a.org/x 와 https://b.org')).toBe('https://a.org/x')
  })
})

describe('a draft', () => {
  test('is kept for each person, and gone when it is empty', () => {
    storeDraft('1', { text: '안녕', audience: 'friends' })
    expect(storedDraft('1')).toEqual({ text: '안녕', audience: 'friends' })
    expect(storedDraft('2')).toEqual({ text: '', audience: 'public' })
    storeDraft('1', { text: '', audience: 'friends' })
    expect(storedDraft('1').text).toBe('')
  })

  test('goes out under one client id until it changes or has arrived', () => {
    const draft = { text: 'a', audience: 'public' } as const
    const first = attemptOf('1', draft).client_id
    expect(attemptOf('1', draft).client_id).toBe(first)
    expect(attemptOf('1', { ...draft, text: 'b' }).client_id).not.toBe(first)
    const second = attemptOf('1', draft).client_id
    published('1')
    expect(attemptOf('1', draft).client_id).not.toBe(second)
  })

  test('that somebody else wrote into the storage does no harm', () => {
    localStorage.setItem('madang.post-draft.1', '{')
    expect(storedDraft('1').text).toBe('')
  })
})
