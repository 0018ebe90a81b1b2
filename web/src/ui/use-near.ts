import { type RefObject, useEffect } from 'react'

/** Calls `near` when the element comes near the screen, and again after `shown` has changed while it still is. */
export function useNear(element: RefObject<HTMLElement | null>, isOn: boolean, near: () => unknown, shown: unknown): void {
  useEffect(() => {
    if (!isOn || !element.current) return
    // What changed several times since the last frame is told at once, oldest first: the last one holds.
    const observer = new IntersectionObserver((seen) => void (seen.at(-1)?.isIntersecting && near()), { rootMargin: '600px' })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, isOn, near, shown])
}
