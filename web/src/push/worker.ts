/** The service worker: shows pushes and leads back into the app. It keeps no page and answers no request, so nothing of the app can grow stale. */
import type { Badge } from '@madang/client'
import { clickTarget, isNewer, readPush } from './worker-rules'
import type { Worker } from './worker-types'

const MEMORY = 'madang-push'
const BADGE = '/badge'

export function start(worker: Worker): void {
  worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()))
  worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()))
  worker.addEventListener('push', (event) => {
    let payload: unknown
    try {
      payload = event.data?.json()
    } catch {
      payload = undefined
    }
    event.waitUntil(show(worker, payload))
  })
  worker.addEventListener('notificationclick', (event) => {
    event.notification.close()
    event.waitUntil(Promise.all([follow(worker, event.notification), report(worker, 'opened', event.notification.data)]))
  })
  worker.addEventListener('notificationclose', (event) => event.waitUntil(report(worker, 'dismissed', event.notification.data)))
  worker.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(worker, event.oldSubscription, event.newSubscription)))
  worker.addEventListener('message', (event) => {
    const told = event.data as { type?: unknown; badge?: Badge } | null
    if (told?.type === 'badge' && told.badge) event.waitUntil(take(worker, told.badge, true))
  })
}

/** Browsers ask that every push shows something, also one that cannot be read. */
async function show(worker: Worker, payload: unknown): Promise<void> {
  const push = readPush(payload)
  if (push?.badge) await take(worker, push.badge, false)
  const data = { navigate: push?.navigate, notification_id: push?.notificationId, delivery_id: push?.deliveryId, token: push?.token }
  await worker.registration.showNotification(push?.title ?? 'Madang', {
    body: push?.body,
    lang: push?.lang,
    tag: push?.tag,
    icon: '/icon-192.png',
    data,
  })
  if (push?.token !== undefined) await report(worker, 'delivered', data)
}

/** The badge on the app's icon. @param seen The app told it: with nothing unread there is nothing left to show. */
async function take(worker: Worker, badge: Badge, seen: boolean): Promise<void> {
  const memory = await worker.caches.open(MEMORY)
  const known = (await (await memory.match(BADGE))?.json()) as Badge | undefined
  if (!isNewer(known, badge)) return
  await memory.put(BADGE, new Response(JSON.stringify(badge)))
  if (badge.count > 0) await worker.navigator.setAppBadge?.(badge.count)
  else await worker.navigator.clearAppBadge?.()
  if (seen && badge.count === 0) for (const shown of await worker.registration.getNotifications()) shown.close()
}

async function follow(worker: Worker, clicked: Notification): Promise<void> {
  const target = clickTarget((clicked.data as { navigate?: string } | null)?.navigate, worker.location.origin)
  if ('href' in target) return void (await worker.clients.openWindow(target.href))
  const [open] = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (!open) return void (await worker.clients.openWindow(target.path))
  await open.focus()
  open.postMessage({ type: 'navigate', path: target.path })
}

/** What became of it on this device; what cannot be told now is not worth keeping. @param data Of the notification, as `show` gave it. */
async function report(worker: Worker, type: 'delivered' | 'opened' | 'dismissed', data: unknown): Promise<void> {
  const { notification_id, token } = (data ?? {}) as { notification_id?: string; token?: string }
  if (notification_id === undefined) return
  await send(worker, 'POST', `/v1/notifications/${encodeURIComponent(notification_id)}/events`, { type, token }).catch(() => undefined)
}

/** The browser gave the subscription another address, or took it away. */
async function renew(worker: Worker, old: PushSubscription | null | undefined, given: PushSubscription | null | undefined): Promise<void> {
  const key = (await (await send(worker, 'GET', '/v1/push/webpush-key')).json()) as { public_key: string; key_id: string }
  const subscription = given ?? (await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: old?.options.applicationServerKey ?? key.public_key }))
  await send(worker, 'PUT', '/v1/me/devices/current/push', { kind: 'webpush', subscription, app: key.key_id })
}

async function send(worker: Worker, method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await worker.fetch(path, { method, headers, credentials: 'same-origin', body: body === undefined ? undefined : JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
  return answer
}
