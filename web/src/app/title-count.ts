import { useEffect } from 'react'
import { totalUnread } from '../chat/rooms'
import { useChat } from '../chat/use-chat'

const COUNT = /^\(\d+\+?\) /

/** Puts the unread count before whatever title the page has, and keeps it there when the page changes its title. */
export function useTitleCount(): void {
  const unread = useChat((state) => totalUnread(state.rooms))
  useEffect(() => {
    const prefix = unread === 0 ? '' : `(${unread > 99 ? '99+' : unread}) `
    const apply = () => {
      const wanted = prefix + document.title.replace(COUNT, '')
      if (document.title !== wanted) document.title = wanted
    }
    apply()
    const title = document.querySelector('title')
    if (!title) return
    const observer = new MutationObserver(apply)
    observer.observe(title, { childList: true })
    return () => observer.disconnect()
  }, [unread])
}

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title
  }, [title])
}
