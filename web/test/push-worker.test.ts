import { beforeEach, describe, expect, test } from 'vitest'
import { start } from '../src/push/worker'
import { clickTarget, isNewer, readPush } from '../src/push/worker-rules'
import type { Worker } from '../src/push/worker-types'

const payload = (more: object = {}, version = 5, count = '2') => ({
  web_push: 8030,
  notification: { title: '하나', body: '안녕', lang: 'ko', tag: 'room-5', navigate: '/rooms/5', app_badge: count, data: { notification_id: '8', delivery_id: '9', badge_version: version, token: 'signed' }, ...more },
})

type Told = { waitUntil: (done: Promise<unknown>) => void }

/** A browser around the worker: what it was asked to do, in order. */
function browser(windows: { url: string }[] = []) {
  const listeners = new Map<string, (event: never) => void>()
  const asked: unknown[] = []
  let kept: string | undefined
  const say = (name: string) => async (...what: unknown[]) => void asked.push([name, ...what])
  const worker = {
    location: { origin: 'https://madang.test' },
    navigator: { setAppBadge: say('badge'), clearAppBadge: say('clear') },
    registration: {
      showNotification: say('show'),
      getNotifications: async () => [{ close: () => asked.push('close') }],
      pushManager: { subscribe: async (options: unknown) => (asked.push(['subscribe', options]), 'new') },
    },
    clients: {
      matchAll: async () => windows.map((each) => ({ ...each, focus: say('focus'), postMessage: (message: unknown) => asked.push(['tell', message]) })),
      openWindow: say('open'),
      claim: say('claim'),
    },
    caches: { open: async () => ({ match: async () => (kept === undefined ? undefined : new Response(kept)), put: async (_: string, body: Response) => void (kept = await body.text()) }) },
    fetch: async (path: string, init: RequestInit) => (asked.push([init.method, path, init.body]), Response.json({ public_key: 'P', key_id: 'K' })),
    skipWaiting: say('skip'),
    addEventListener: (name: string, listener: (event: never) => void) => listeners.set(name, listener),
  }
  start(worker as unknown as Worker)
  const happen = async (name: string, event: object) => {
    const done: Promise<unknown>[] = []
    listeners.get(name)?.({ waitUntil: (each) => done.push(each), ...event } satisfies Told as never)
    await Promise.all(done)
  }
  return { asked, happen, push: (value: unknown) => happen('push', { data: { json: () => value } }) }
}

describe('the service worker', () => {
  let one = browser()
  beforeEach(() => (one = browser()))

  test('shows a push under its collapse key and sets the badge', async () => {
    await one.push(payload())
    expect(one.asked).toEqual([['badge', 2], ['show', '하나', expect.objectContaining({ body: '안녕', tag: 'room-5', lang: 'ko', data: { navigate: '/rooms/5', notification_id: '8', delivery_id: '9', token: 'signed' } })], ['POST', '/v1/notifications/8/events', '{"type":"delivered","token":"signed"}']])
  })

  test('keeps the newer badge when a push comes late', async () => {
    await one.happen('message', { data: { type: 'badge', badge: { count: 0, version: 7 } } })
    expect(one.asked).toEqual([['clear'], 'close'])
    await one.push(payload())
    expect(one.asked.slice(2).map((each) => (each as unknown[])[0])).toEqual(['show', 'POST'])
  })

  test('shows something even of a push that it cannot read', async () => {
    await one.happen('push', { data: { json: () => JSON.parse('{') as unknown } })
    await one.happen('push', { data: null })
    expect(one.asked.map((each) => (each as unknown[]).slice(0, 2))).toEqual([['show', 'Madang'], ['show', 'Madang']])
  })

  test('leads a click into the open app and reports it', async () => {
    one = browser([{ url: 'https://madang.test/' }])
    const notification = { close: () => one.asked.push('close'), data: { navigate: '/rooms/5', notification_id: '8', delivery_id: '9' } }
    await one.happen('notificationclick', { notification })
    expect(one.asked).toEqual(expect.arrayContaining(['close', ['focus'], ['tell', { type: 'navigate', path: '/rooms/5' }], ['POST', '/v1/notifications/8/events', '{"type":"opened"}']]))
  })

  test('reports by the token of the push, so that a digest and a guest count too', async () => {
    await one.push(payload({ data: { notification_id: '8', delivery_id: '9', token: 'T' } }))
    const [, , shown] = one.asked[0] as [string, string, { data: object }]
    await one.happen('notificationclick', { notification: { close: () => undefined, data: shown.data } })
    expect(one.asked).toContainEqual(['POST', '/v1/notifications/8/events', '{"type":"opened","token":"T"}'])
  })

  test('reports by the token of the push what was opened or put away', async () => {
    const notification = { close: () => undefined, data: { notification_id: '8', delivery_id: '9', token: 'signed' } }
    await one.happen('notificationclick', { notification })
    await one.happen('notificationclose', { notification })
    expect(one.asked.filter((each) => (each as unknown[])[0] === 'POST')).toEqual([['POST', '/v1/notifications/8/events', '{"type":"opened","token":"signed"}'], ['POST', '/v1/notifications/8/events', '{"type":"dismissed","token":"signed"}']])
  })

  test('opens a window where none is open, and for other sites', async () => {
    await one.happen('notificationclick', { notification: { close: () => undefined, data: { navigate: '/rooms/5' } } })
    await one.happen('notificationclick', { notification: { close: () => undefined, data: { navigate: 'https://else.test/' } } })
    expect(one.asked).toEqual([['open', '/rooms/5'], ['open', 'https://else.test/']])
  })

  test('subscribes again when the browser drops the subscription', async () => {
    await one.happen('pushsubscriptionchange', { oldSubscription: null, newSubscription: null })
    expect(one.asked).toEqual([
      ['GET', '/v1/push/webpush-key', undefined],
      ['subscribe', { userVisibleOnly: true, applicationServerKey: 'P' }],
      ['PUT', '/v1/me/devices/current/push', '{"kind":"webpush","subscription":"new","app":"K"}'],
    ])
  })
})

test.each([[null], [7], [{}], [{ notification: { title: 3 } }]])('%j is no push of ours', (value) => {
  expect(readPush(value)).toBeUndefined()
})

test('a push without a title shows its body as one', () => {
  expect(readPush(payload({ title: '' }))).toMatchObject({ title: '안녕', body: '' })
})

test('a message leads to its room also where the server gives no link', () => {
  const app = { room_id: '5' }
  expect(readPush(payload({ navigate: undefined, data: { app } }))?.navigate).toBe('/rooms/5')
  expect(readPush(payload({ data: { app: { room_id: '6' } } }))?.navigate).toBe('/rooms/5')
  expect(readPush(payload({ navigate: undefined }))?.navigate).toBeUndefined()
})

test('an equal version is not newer', () => {
  expect([isNewer(undefined, { count: 1, version: 1 }), isNewer({ count: 1, version: 2 }, { count: 0, version: 2 })]).toEqual([true, false])
})

test.each([
  [undefined, { path: '/inbox' }],
  ['javascript:alert(1)', { path: '/inbox' }],
  ['https://madang.test/t/c/1', { href: 'https://madang.test/t/c/1' }],
  ['//else.test/', { href: 'https://else.test/' }],
])('a click on %s', (url, target) => {
  expect(clickTarget(url, 'https://madang.test')).toEqual(target)
})
