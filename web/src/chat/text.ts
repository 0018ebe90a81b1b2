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
