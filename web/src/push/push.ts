import type { Badge, MadangApi } from '@madang/client'

/** `blocked`: the person said no to the browser, which alone can take it back. */
export type PushState = 'unsupported' | 'blocked' | 'off' | 'on'

const WORKER = '/sw.js'

const isSupported = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

export async function pushState(): Promise<PushState> {
  if (!isSupported()) return 'unsupported'
  if (Notification.permission === 'denied') return 'blocked'
  return (await subscription()) ? 'on' : 'off'
}

/** Asks the person, subscribes under the server's key and tells the server. */
export async function enablePush(inbox: MadangApi['inbox'], locale: string): Promise<PushState> {
  const { public_key, key_id } = await inbox.pushKey()
  if ((await Notification.requestPermission()) !== 'granted') return pushState()
  await navigator.serviceWorker.register(WORKER)
  const { pushManager } = await navigator.serviceWorker.ready
  const old = await pushManager.getSubscription()
  const isOurs = old && sameKey(old.options.applicationServerKey, public_key)
  if (old && !isOurs) await old.unsubscribe()
  const made = isOurs ? old : await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: public_key })
  const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  await inbox.putPush({ kind: 'webpush', subscription: made.toJSON(), app: key_id, time_zone, locale })
  return 'on'
}

export async function disablePush(inbox: MadangApi['inbox']): Promise<PushState> {
  await (await subscription())?.unsubscribe()
  await inbox.deletePush().catch(() => undefined) // an address that is dead already is gone
  return 'off'
}

/** Once after signing in: the worker is brought up to date, and a subscription that the browser still has is this session's. */
export async function keepPush(inbox: MadangApi['inbox'], locale: string): Promise<void> {
  if (!isSupported() || Notification.permission !== 'granted' || !(await subscription())) return
  await enablePush(inbox, locale)
}

/** The worker holds the badge of the app's icon, so that a late push does not bring an old one back. */
export function tellBadge(badge: Badge): void {
  if ('serviceWorker' in navigator) navigator.serviceWorker.controller?.postMessage({ type: 'badge', badge })
}

/** What is on the screen under this key has been read in the app. */
export async function clearShown(tag: string): Promise<void> {
  if (!isSupported()) return
  const registration = await navigator.serviceWorker.getRegistration(WORKER)
  for (const shown of (await registration?.getNotifications({ tag })) ?? []) shown.close()
}

/** Runs when a push was clicked while the app is open. */
export function onPushClick(go: (path: string) => void): () => void {
  if (!('serviceWorker' in navigator)) return () => undefined
  const listener = ({ data }: MessageEvent<{ type?: unknown; path?: unknown } | null>) => {
    if (data?.type === 'navigate' && typeof data.path === 'string') go(data.path)
  }
  navigator.serviceWorker.addEventListener('message', listener)
  return () => navigator.serviceWorker.removeEventListener('message', listener)
}

async function subscription(): Promise<PushSubscription | undefined> {
  const registration = await navigator.serviceWorker.getRegistration(WORKER)
  return (await registration?.pushManager.getSubscription()) ?? undefined
}

function sameKey(used: ArrayBuffer | null, wanted: string): boolean {
  if (!used) return false
  const text = btoa(String.fromCharCode(...new Uint8Array(used))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return text === wanted
}
