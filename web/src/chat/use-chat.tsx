import type { Id } from '@madang/client'
import { createContext, type ReactNode, use, useEffect, useSyncExternalStore } from 'react'
import type { Conversation } from './conversation'
import { type ChatState, conversationOf, isSending } from './state'
import type { ChatStore } from './store'

const Context = createContext<ChatStore | undefined>(undefined)

/** Keeps the line open as long as somebody is signed in, and wakes it when the window or the network comes back. */
export function ChatProvider({ store, children }: { store: ChatStore; children: ReactNode }) {
  useEffect(() => {
    const wake = () => {
      if (document.visibilityState === 'visible') store.realtime.wake()
    }
    const warn = (event: BeforeUnloadEvent) => {
      if (isSending(store.snapshot())) event.preventDefault()
    }
    store.start()
    window.addEventListener('beforeunload', warn)
    window.addEventListener('online', wake)
    document.addEventListener('visibilitychange', wake)
    return () => {
      window.removeEventListener('beforeunload', warn)
      window.removeEventListener('online', wake)
      document.removeEventListener('visibilitychange', wake)
      store.stop()
    }
  }, [store])
  return <Context value={store}>{children}</Context>
}

export function useChatStore(): ChatStore {
  const store = use(Context)
  if (!store) throw new Error('ChatProvider is missing')
  return store
}

export function useChat<Part>(select: (state: ChatState) => Part): Part {
  const store = useChatStore()
  return useSyncExternalStore(store.subscribe, () => select(store.snapshot()))
}

export const useConversation = (room: Id): Conversation => useChat((state) => conversationOf(state, room))
