/** The few parts of a service worker's world that ours uses: the DOM's types and the worker's do not live in one program. */
export interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void
}

export interface PushArrived extends Extendable {
  data: { json(): unknown } | null
}

export interface NotificationClicked extends Extendable {
  notification: Notification
}

export interface SubscriptionChanged extends Extendable {
  oldSubscription?: PushSubscription | null
  newSubscription?: PushSubscription | null
}

export interface Window {
  url: string
  focus(): Promise<unknown>
  postMessage(message: unknown): void
}

export interface Worker {
  location: { origin: string }
  navigator: { setAppBadge?(count: number): Promise<void>; clearAppBadge?(): Promise<void> }
  registration: {
    showNotification(title: string, options: NotificationOptions): Promise<void>
    getNotifications(filter?: { tag?: string }): Promise<Notification[]>
    pushManager: PushManager
  }
  clients: {
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Window[]>
    openWindow(url: string): Promise<unknown>
    claim(): Promise<void>
  }
  caches: CacheStorage
  fetch: typeof fetch
  skipWaiting(): Promise<void>
  addEventListener(type: 'push', listener: (event: PushArrived) => void): void
  addEventListener(type: 'notificationclick' | 'notificationclose', listener: (event: NotificationClicked) => void): void
  addEventListener(type: 'pushsubscriptionchange', listener: (event: SubscriptionChanged) => void): void
  addEventListener(type: 'message', listener: (event: Extendable & { data: unknown }) => void): void
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void
}
