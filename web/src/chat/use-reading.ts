import type { Room } from '@madang/client'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { clearShown } from '../push/push'
import { useChatStore } from './use-chat'

/** Marks the room read while its end is looked at; gives how many messages came since it was not. */
export function useReading(room: Room, atEnd: boolean): number {
  const store = useChatStore()
  const visible = useSyncExternalStore(watchVisible, () => document.visibilityState === 'visible')
  const [seen, setSeen] = useState(room.head_seq)
  const reading = atEnd && visible
  if (reading && seen !== room.head_seq) setSeen(room.head_seq)
  useEffect(() => {
    if (!reading || room.unread === 0) return
    store.markRead(room.id)
    void clearShown(`room-${room.id}`).catch(() => undefined) // a browser that does not let its notifications go keeps them
  }, [reading, room.id, room.unread, store])
  return Math.max(0, room.head_seq - seen)
}

function watchVisible(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed)
  return () => document.removeEventListener('visibilitychange', changed)
}
