import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'

/** A button that opens a short list of actions: arrows move, Esc closes, a click elsewhere too. */
export function Menu({ label, icon, className = 'icon-button', children }: { label: string; icon: ReactNode; className?: string; children: ReactNode }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    if (!open) return
    root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus()
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', away)
    return () => document.removeEventListener('pointerdown', away)
  }, [open])

  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (!open) return
    const entries = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')]
    const at = entries.findIndex((entry) => entry === document.activeElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + entries.length, Home: 0, End: entries.length - 1 }[event.key]
    if (event.key === 'Escape') close()
    else if (event.key === 'Tab') return setOpen(false)
    else if (to !== undefined) entries[to % entries.length]?.focus()
    else return
    event.preventDefault()
  }
  return (
    // Key presses bubble here from the button and the entries, which are the interactive parts.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div ref={root} className="menu" onKeyDown={onKeyDown}>
      <button ref={button} type="button" className={className} aria-label={label} aria-haspopup="menu" aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>
        {icon}
      </button>
      {open && (
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <div id={id} role="menu" aria-label={label} className="menu-list" onClick={close}>{children}</div>
      )}
    </div>
  )
}

export function MenuItem({ icon, danger, onChoose, children }: { icon: ReactNode; danger?: boolean; onChoose: () => void; children: ReactNode }) {
  return (
    <button type="button" role="menuitem" tabIndex={-1} className={danger ? 'danger' : undefined} onClick={onChoose}>
      {icon} {children}
    </button>
  )
}
