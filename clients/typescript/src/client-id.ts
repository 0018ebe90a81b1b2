/**
 * A client id for a message or a room: 128 random bits in hex. Not `crypto.randomUUID`, which browsers give to secure contexts
 * only: a first try on `http://192.168.…` is not one.
 */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
