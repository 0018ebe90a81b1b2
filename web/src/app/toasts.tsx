import { X } from 'lucide-react'
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'

interface Toast {
  id: number
  text: string
  kind: 'info' | 'error'
}

interface Toasts {
  info: (text: string) => void
  error: (error: unknown) => void
}

const SHOWN_MS = 6_000
const Context = createContext<Toasts>({ info: () => undefined, error: () => undefined })

export const useToasts = () => use(Context)

let lastId = 0

export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useI18n()
  const [toasts, setToasts] = useState<Toast[]>([])
  const remove = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), [])
  const add = useCallback(
    (kind: Toast['kind'], text: string) => {
      const id = ++lastId
      setToasts((all) => [...all.filter((toast) => toast.text !== text).slice(-2), { id, kind, text }])
      setTimeout(() => remove(id), SHOWN_MS)
    },
    [remove],
  )
  const value = useMemo<Toasts>(
    () => ({ info: (text) => add('info', text), error: (error) => add('error', errorText(t, error)) }),
    [add, t],
  )
  return (
    <Context value={value}>
      {children}
      <section className="toasts" aria-label={t('toasts')} aria-live="polite">
        {toasts.map((toast) => (
          <div key={toast.id} className={`toast toast-${toast.kind}`} role={toast.kind === 'error' ? 'alert' : 'status'}>
            <span>{toast.text}</span>
            <button type="button" className="icon-button small" aria-label={t('toast.dismiss')} onClick={() => remove(toast.id)}>
              <X size={16} aria-hidden />
            </button>
          </div>
        ))}
      </section>
    </Context>
  )
}
