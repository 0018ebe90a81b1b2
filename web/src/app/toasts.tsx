import { X } from 'lucide-react'
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'

/** What can be done about a notice. */
interface ToastAction {
  label: string
  run: () => void
}

interface Toast {
  id: number
  text: string
  kind: 'info' | 'error'
  action?: ToastAction
}

interface Toasts {
  info: (text: string, action?: ToastAction) => void
  error: (error: unknown) => void
}

interface Shown {
  toasts: readonly Toast[]
  dismiss: (id: number) => void
}

const SHOWN_MS = 6_000
const Context = createContext<Toasts>({ info: () => undefined, error: () => undefined })
const ShownContext = createContext<Shown>({ toasts: [], dismiss: () => undefined })

export const useToasts = () => use(Context)

let lastId = 0

export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useI18n()
  const [toasts, setToasts] = useState<Toast[]>([])
  const dismiss = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), [])
  const add = useCallback(
    (kind: Toast['kind'], text: string, action?: ToastAction) => {
      const id = ++lastId
      setToasts((all) => [...all.filter((toast) => toast.text !== text).slice(-2), { id, kind, text, action }])
      setTimeout(() => dismiss(id), SHOWN_MS)
    },
    [dismiss],
  )
  const tell = useMemo<Toasts>(
    () => ({ info: (text, action) => add('info', text, action), error: (error) => add('error', errorText(t, error)) }),
    [add, t],
  )
  const shown = useMemo<Shown>(() => ({ toasts, dismiss }), [toasts, dismiss])
  return (
    <Context value={tell}>
      <ShownContext value={shown}>
        {children}
        <ToastList />
      </ShownContext>
    </Context>
  )
}

/** A modal dialog makes everything outside of it inert, so it shows the notices itself. */
export function ToastList() {
  const { t } = useI18n()
  const { toasts, dismiss } = use(ShownContext)
  return (
    <section className="toasts" aria-label={t('toasts')} aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={`toast toast-${toast.kind}`} role={toast.kind === 'error' ? 'alert' : 'status'}>
          <span>{toast.text}</span>
          {toast.action && <ToastButton action={toast.action} onDone={() => dismiss(toast.id)} />}
          <button type="button" className="icon-button small" aria-label={t('toast.dismiss')} onClick={() => dismiss(toast.id)}>
            <X size={16} aria-hidden />
          </button>
        </div>
      ))}
    </section>
  )
}

function ToastButton({ action, onDone }: { action: ToastAction; onDone: () => void }) {
  const act = () => {
    onDone()
    action.run()
  }
  return <button type="button" className="link-button" onClick={act}>{action.label}</button>
}
