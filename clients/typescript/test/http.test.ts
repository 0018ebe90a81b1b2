import { describe, expect, test } from 'vitest'
import { MadangApi, MadangError } from '../src/index.ts'
import { FakeClock, settled } from './support/fake-clock.ts'

function apiThat(answer: (url: string, init: RequestInit) => Response | Promise<Response>, clock = new FakeClock()) {
  return new MadangApi({ baseUrl: 'http://server.test/', token: 't', clock, fetch: async (url, init) => answer(String(url), init ?? {}) })
}

const problem = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })

async function refusal(answer: () => Response | Promise<Response>): Promise<MadangError> {
  const error: unknown = await apiThat(answer).accounts.me().catch((reason: unknown) => reason)
  if (!(error instanceof MadangError)) throw new Error(`expected a refusal, got ${String(error)}`)
  return error
}

describe('requests', () => {
  test('carry the token, the query without absent values, and JSON', async () => {
    const seen: unknown[] = []
    const api = apiThat((url, init) => {
      seen.push(url, init.method, init.headers, init.body)
      return problem(200, { items: [], next: null, prev: null })
    })
    await api.accounts.search({ q: '김 민', limit: 20, cursor: undefined })
    expect(seen[0]).toBe('http://server.test/v1/users?q=%EA%B9%80+%EB%AF%BC&limit=20')
    expect(seen[2]).toMatchObject({ authorization: 'Bearer t' })
    await api.rooms.rename('5', '마당')
    expect(seen.slice(4)).toMatchObject(['http://server.test/v1/rooms/5', 'PATCH', { 'content-type': 'application/json' }, '{"title":"마당"}'])
  })

  test('of webhooks go to their paths', async () => {
    const seen: string[] = []
    const api = apiThat((url, init) => {
      seen.push(`${init.method} ${url.replace('http://server.test/v1/webhooks', '')} ${typeof init.body === 'string' ? init.body : ''}`.trim())
      return problem(200, {})
    })
    await api.webhooks.create({ url: 'https://a.org/', types: ['crawl.*'] })
    await api.webhooks.list()
    await api.webhooks.update('5', { enabled: false })
    await api.webhooks.rotateSecret('5')
    await api.webhooks.test('5')
    await api.webhooks.deliveries('5', { state: 'failed', limit: 2 })
    await api.webhooks.delivery('5', '6')
    await api.webhooks.resend('5', '6')
    await api.webhooks.resendFailed('5', '2026-11-22T00:00:00Z')
    await api.webhooks.delete('5')
    expect(seen).toEqual([
      'POST  {"url":"https://a.org/","types":["crawl.*"]}', 'GET', 'PATCH /5 {"enabled":false}', 'POST /5/secret {}', 'POST /5/test {}', 'GET /5/deliveries?state=failed&limit=2',
      'GET /5/deliveries/6', 'POST /5/deliveries/6/resend {}', 'POST /5/resend {"since":"2026-11-22T00:00:00Z"}', 'DELETE /5',
    ])
  })

  test('of ranked feeds, search and sources go to their paths, and a list of subscriptions goes as it is', async () => {
    const seen: string[] = []
    const types: unknown[] = []
    const api = apiThat((url, init) => {
      seen.push(`${init.method} ${url.replace('http://server.test/v1', '')} ${typeof init.body === 'string' ? init.body : ''}`.trim())
      types.push(new Headers(init.headers).get('content-type'))
      return problem(200, { items: [] })
    })
    await api.feed.ranked({ limit: 5 })
    await api.feed.renewToken()
    await api.feed.token()
    await api.feed.deleteToken()
    await api.posts.search('마당*', { cursor: 'c' })
    await api.sources.import('<opml/>')
    expect(seen).toEqual([
      'GET /feed?limit=5&ranker=scored', 'POST /me/feed-token {}', 'GET /me/feed-token', 'DELETE /me/feed-token', 'GET /search/posts?q=%EB%A7%88%EB%8B%B9*&cursor=c',
      'POST /sources/import <opml/>',
    ])
    expect(types.at(-1)).toBe('text/x-opml')
  })

  test('of notifications go to their paths', async () => {
    const seen: string[] = []
    const api = apiThat((url, init) => {
      seen.push(`${init.method} ${url.replace('http://server.test/v1', '')} ${typeof init.body === 'string' ? init.body : ''}`.trim())
      return problem(200, { items: [] })
    })
    const { inbox, notifications, deliveries, templates } = api
    await inbox.list({ unread: true, limit: 2 })
    await inbox.list({ unread: false })
    await inbox.readUpTo('5')
    await inbox.read(['5'])
    await inbox.updatePreferences({ channels: { sms: false } })
    await inbox.beginAddress('email', 'a@b.org')
    await inbox.verifyAddress('email', '123456')
    await inbox.putPush({ kind: 'webpush', subscription: {}, app: 'k' })
    await inbox.deletePush('7')
    await inbox.leaveTopic('news')
    await notifications.send({ category: 'message', template: 'hello', to: { all: true } })
    await notifications.sendMany([])
    await notifications.explain('5', '7')
    await notifications.cancel('5')
    await notifications.putCategory('news', { quiet: 'digest' })
    await notifications.moveMembers('news', { add: ['7'] })
    await deliveries.pause('fcm', 'why')
    await deliveries.resume('a/b')
    await deliveries.list({ ambiguous: true })
    await deliveries.replay({ reason: '500' }, true)
    await deliveries.resolve('5', false)
    await templates.get('hello', 2)
    await templates.preview('hello', { channel: 'sms' })
    await templates.funnel('spring', 7)
    expect(seen).toEqual([
      'GET /me/notifications?unread=true&limit=2', 'GET /me/notifications', 'PUT /me/notifications/read {"up_to":"5"}', 'PUT /me/notifications/read {"ids":["5"]}',
      'PUT /me/preferences {"channels":{"sms":false}}', 'PUT /me/addresses/email {"value":"a@b.org"}', 'POST /me/addresses/email/verification {"code":"123456"}',
      'PUT /me/devices/current/push {"kind":"webpush","subscription":{},"app":"k"}', 'DELETE /me/devices/7/push', 'DELETE /me/topics/news',
      'POST /notifications {"category":"message","template":"hello","to":{"all":true}}', 'POST /notifications/bulk {"notifications":[]}', 'GET /notifications/5?user_id=7',
      'POST /notifications/5/cancel {}', 'PUT /admin/categories/news {"quiet":"digest"}', 'POST /admin/audiences/news/members {"add":["7"]}', 'POST /queues/fcm/pause {"reason":"why"}',
      'POST /queues/a%2Fb/resume {}', 'GET /deliveries?ambiguous=true', 'POST /deliveries/replay {"filter":{"reason":"500"},"dry_run":true}',
      'POST /deliveries/5/resolve {"arrived":false}', 'GET /templates/hello?version=2', 'POST /templates/hello/preview {"channel":"sms"}',
      'GET /funnels?campaign=spring&days=7',
    ])
  })

  test('an empty answer is undefined', async () => {
    expect(await apiThat(() => new Response(null, { status: 204 })).accounts.signOut()).toBeUndefined()
  })
})

describe('refusals', () => {
  test('keep code, fields and the time to wait', async () => {
    const error = await refusal(() =>
      problem(422, { code: 'invalid_fields', detail: 'No.', errors: [{ field: 'name', code: 'too_long' }, 'junk'], retry_after_ms: 20 }),
    )
    expect(error).toMatchObject({ code: 'invalid_fields', status: 422, message: 'No.', retryAfterMs: 20, retryable: false })
    expect(error.errors).toEqual([{ field: 'name', code: 'too_long' }])
  })

  test('Retry-After counts in seconds', async () => {
    const error = await refusal(() => problem(429, { code: 'rate_limited' }, { 'retry-after': '3' }))
    expect(error).toMatchObject({ retryAfterMs: 3000, retryable: true })
  })

  test("a proxy's page still has a code", async () => {
    expect(await refusal(() => problem(502, '<html>Bad gateway'))).toMatchObject({ code: 'overloaded', retryable: true })
  })

  test('no network', async () => {
    expect(await refusal(() => Promise.reject(new TypeError('fetch failed')))).toMatchObject({ code: 'network', status: 0 })
  })

  test('no answer in time', async () => {
    const clock = new FakeClock()
    const never = (_: string, init: RequestInit) =>
      new Promise<Response>((__, reject) => init.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
    const asked = apiThat(never, clock).accounts.me().catch((error: unknown) => error)
    await settled()
    await clock.advance(15_000)
    expect(await asked).toMatchObject({ code: 'timeout' })
  })
})
