import { expect, test } from 'vitest'
import { secretFromLink } from '../src/entrance/link-secret'

test.each([
  ['/setup#token=a%2Fb', 'token', 'a/b'],
  ['/setup#bare-token', 'token', 'bare-token'],
  ['/setup?token=query', 'token', 'query'],
  ['/join#invite=CODE', 'invite', 'CODE'],
])('%s holds its secret, which leaves the address bar', (link, name, secret) => {
  window.history.replaceState(null, '', link)
  expect(secretFromLink(name)).toBe(secret)
  expect(window.location.href).not.toContain(secret)
  expect(secretFromLink(name)).toBe(secret)
})

test('a link without one has none', () => {
  window.history.replaceState(null, '', '/join#colour=blue')
  expect(secretFromLink('missing')).toBeUndefined()
})
