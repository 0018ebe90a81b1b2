import { useEffect, useRef } from 'react'

/** A key for the whole window; silent while a dialog is open or an input method is composing. */
export function useShortcut(matches: (event: KeyboardEvent) => boolean, run: () => void): void {
  const latest = useRef({ matches, run })
  useEffect(() => {
    latest.current = { matches, run }
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return
      if (!latest.current.matches(event)) return
      event.preventDefault()
      latest.current.run()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

export function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof HTMLElement && (event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName))
}
