import { newClientId, type PostAudience, type Id } from '@madang/client'

export interface PostDraft {
  text: string
  audience: PostAudience
  list_id?: Id
}

interface Attempt extends PostDraft {
  client_id: string
}

const key = (person: Id, what: string) => `madang.post-${what}.${person}`

export const emptyDraft: PostDraft = { text: '', audience: 'public' }

/** What somebody began to write, on this device until it is published or emptied. */
export function storedDraft(person: Id): PostDraft {
  return { ...emptyDraft, ...read<Partial<PostDraft>>(key(person, 'draft')) }
}

export function storeDraft(person: Id, draft: PostDraft): void {
  write(key(person, 'draft'), draft.text === '' ? undefined : draft)
}

/** The same content goes out under the same client id until it has arrived: an answer that was lost makes no second post. */
export function attemptOf(person: Id, draft: PostDraft): Attempt {
  const last = read<Attempt>(key(person, 'attempt'))
  const isSame = last?.text === draft.text && last.audience === draft.audience && last.list_id === draft.list_id
  const attempt = isSame ? last : { ...draft, client_id: newClientId() }
  write(key(person, 'attempt'), attempt)
  return attempt
}

export function published(person: Id): void {
  write(key(person, 'attempt'), undefined)
  write(key(person, 'draft'), undefined)
}

function read<T>(name: string): T | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(name) ?? 'null')
    return typeof stored === 'object' && stored !== null ? (stored as T) : undefined
  } catch {
    return undefined
  }
}

function write(name: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(value))
  } catch {
    // A full or forbidden storage: the text is still in the box.
  }
}
