export const TEXT_MAX_BYTES = 16_384

/** keyCode of a key that an input method is still using (UI Events, section 7.3.1). */
const IN_COMPOSITION = 229

/**
 * Enter sends, unless it belongs to an input method: Hangul is composed with it, and browsers tell so by `isComposing` or,
 * Safari after compositionend, only by keyCode 229. Without both checks the last syllable goes out twice.
 */
export function sendsOn(event: Pick<globalThis.KeyboardEvent, 'key' | 'shiftKey' | 'isComposing' | 'keyCode'>): boolean {
  return event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== IN_COMPOSITION
}

/** As the server will keep it: NFC, without space around. */
export function textToSend(text: string): string {
  return text.normalize('NFC').trim()
}

/** How many bytes of UTF-8 are too many. */
export function overLimit(text: string): number {
  return Math.max(0, new TextEncoder().encode(textToSend(text)).length - TEXT_MAX_BYTES)
}

export type TextPart = { text: string; href?: string }

/** ASCII only: pasted addresses are percent-encoded, and a Korean particle that follows one does not belong to it. */
const ADDRESS = /https?:\/\/[\x21-\x7e]+/g
const AFTER_ADDRESS = /[.,:;!?'"*_~)\]}>]+$/

/** Splits a message into plain text and addresses that may be opened. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const href = withoutTail(found)
    if (!URL.canParse(href)) continue
    if (index > from) parts.push({ text: text.slice(from, index) })
    parts.push({ text: href, href })
    from = index + href.length
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}

/** Punctuation at the end is the sentence's, but a bracket that was opened inside is the address's. */
function withoutTail(address: string): string {
  const bare = address.replace(AFTER_ADDRESS, '')
  return bare.includes('(') && address.startsWith(`${bare})`) ? `${bare})` : bare
}
