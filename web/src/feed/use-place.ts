import { type RefObject, useEffect, useLayoutEffect } from 'react'

/** How far each page was scrolled when it was left, until the window closes. */
const places = new Map<string, number>()

/** Brings a scrolled page back to where it was left, once there is something to scroll. */
export function usePlace(page: RefObject<HTMLElement | null>, name: string, isReady: boolean): void {
  useLayoutEffect(() => {
    if (isReady && page.current) page.current.scrollTop = places.get(name) ?? 0
  }, [page, name, isReady])
  useEffect(() => {
    const element = page.current
    if (!element || !isReady) return
    const keep = () => void places.set(name, element.scrollTop)
    element.addEventListener('scroll', keep, { passive: true })
    return () => element.removeEventListener('scroll', keep)
  }, [page, name, isReady])
}
