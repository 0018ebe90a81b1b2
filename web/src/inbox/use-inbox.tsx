import { createContext, type ReactNode, use, useEffect, useSyncExternalStore } from 'react'
import type { InboxState } from './inbox-state'
import type { InboxStore } from './inbox-store'

const Context = createContext<InboxStore | undefined>(undefined)

export function InboxProvider({ store, children }: { store: InboxStore; children: ReactNode }) {
  useEffect(() => {
    store.readBadge().catch(() => undefined) // the line brings it, too
  }, [store])
  return <Context value={store}>{children}</Context>
}

export function useInboxStore(): InboxStore {
  const store = use(Context)
  if (!store) throw new Error('InboxProvider is missing')
  return store
}

export function useInbox<Part>(select: (state: InboxState) => Part): Part {
  const store = useInboxStore()
  return useSyncExternalStore(store.subscribe, () => select(store.snapshot()))
}
