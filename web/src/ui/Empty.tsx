import type { ReactNode } from 'react'

interface EmptyProps {
  icon: ReactNode
  title: string
  hint?: string
  /** h1 when there is nothing else on the page. */
  heading?: 'h1' | 'h2'
  children?: ReactNode
}

export function Empty({ icon, title, hint, heading: Heading = 'h2', children }: EmptyProps) {
  return (
    <div className="empty">
      <div className="empty-icon" aria-hidden="true">{icon}</div>
      <Heading className="empty-title">{title}</Heading>
      {hint && <p className="empty-hint">{hint}</p>}
      {children}
    </div>
  )
}
