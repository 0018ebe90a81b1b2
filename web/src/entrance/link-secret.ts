/**
 * A secret from the link that was opened, like `#token=…` (the part after # never reaches a server or its logs). It is taken
 * out of the address bar and the history at once. `#…` without a name, and `?token=…`, are understood too.
 */
export function secretFromLink(name: string): string | undefined {
  const { hash, search, pathname } = window.location
  const fragment = hash.slice(1)
  const bare = fragment !== '' && !fragment.includes('=') ? fragment : undefined
  const secret = new URLSearchParams(fragment).get(name) ?? bare ?? new URLSearchParams(search).get(name) ?? undefined
  if (secret) {
    remembered.set(name, secret)
    window.history.replaceState(window.history.state, '', pathname)
  }
  return secret ?? remembered.get(name)
}

/** Survives a second mount of the page, not a reload. */
const remembered = new Map<string, string>()
