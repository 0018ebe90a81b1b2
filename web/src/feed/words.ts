import type { PostAudience, Post } from '@madang/client'
import { partsOf } from '../chat/text'

export const audiences: readonly Exclude<PostAudience, 'list'>[] = ['public', 'followers', 'friends', 'direct']

export type Word = { kind: 'text'; text: string } | { kind: 'tag'; text: string; key: string } | { kind: 'link'; text: string; href: string } | { kind: 'person'; text: string; id: string }

/** Marks within a word, such as the @ of a mail address, begin nothing. */
const MARKED = /(?<![\p{L}\p{Nd}_/&#＃@=?])([#＃@])([\p{L}\p{Nd}\p{Mn}\p{Mc}._-]+)/gu
const NOT_IN_TAG = /[.-]/

/** The text of a post in parts. A tag or a name is one only when the server found it to be one. */
export function wordsOf({ text = '', tags = [], mentions = [] }: Pick<Post, 'text' | 'tags' | 'mentions'>): Word[] {
  return partsOf(text).flatMap(({ text: part, href }): Word[] => {
    if (href !== undefined) return [{ kind: 'link', text: part, href }]
    const words: Word[] = []
    let from = 0
    for (const found of part.matchAll(MARKED)) {
      const word = found[1] === '@' ? person(found[2] ?? '', mentions) : tag(found[1] ?? '', found[2] ?? '', tags)
      if (!word) continue
      if (found.index > from) words.push({ kind: 'text', text: part.slice(from, found.index) })
      words.push(word)
      from = found.index + word.text.length
    }
    if (from < part.length) words.push({ kind: 'text', text: part.slice(from) })
    return words
  })
}

function tag(mark: string, run: string, tags: readonly string[]): Word | undefined {
  const word = run.split(NOT_IN_TAG)[0] ?? ''
  const key = tagKey(word)
  return word !== '' && tags.includes(key) ? { kind: 'tag', text: mark + word, key } : undefined
}

/** A sentence may end in a dot behind a name: the longest name that the server knows counts. */
function person(run: string, mentions: NonNullable<Post['mentions']>): Word | undefined {
  for (let name = run; name !== ''; name = name.slice(0, -1)) {
    const found = mentions.find((mention) => mention.name.toLowerCase() === name.toLowerCase())
    if (found) return { kind: 'person', text: `@${name}`, id: found.user_id }
    if (!/[._-]$/.test(name)) return undefined
  }
  return undefined
}

export const tagKey = (tag: string) => tag.normalize('NFC').toLowerCase().normalize('NFC')

/** What the preview of a post in the making shows. */
export const firstLink = (text: string) => partsOf(text).find(({ href }) => href !== undefined)?.href
