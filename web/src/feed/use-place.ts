import { type RefObject, useEffect, useLayoutEffect } from 'react'
import { useLocation } from 'react-router'

/** How far each page was scrolled when it was left, until the window closes. */
const places = new Map<string, number>()
const MOST = 200

/**
 * Brings a scrolled page back to where it was left, once there is something to scroll: the one with a name always, another when its reader goes back to it.
 */
export function usePlace(page: RefObject<HTMLElement | null>, isReady: boolean, name?: string): void {
  const { key } = useLocation()
  const place = name ?? key
  useLayoutEffect(() => {
    if (isReady && page.current) page.current.scrollTop = places.get(place) ?? 0
  }, [page, place, isReady])
  useEffect(() => {
    const element = page.current
    if (!element || !isReady) return
    const keep = () => {
      places.delete(place)
      places.set(place, element.scrollTop)
      if (places.size > MOST) places.delete(places.keys().next().value ?? '')
    }
    element.addEventListener('scroll', keep, { passive: true })
    return () => element.removeEventListener('scroll', keep)
  }, [page, place, isReady])
}
