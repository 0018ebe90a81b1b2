import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { ToastList } from '../app/toasts'
import { useI18n } from '../i18n/i18n'

interface DialogProps {
  title: string
  onClose: () => void
  children: ReactNode
  className?: string
}

/** The platform's modal dialog: it keeps the focus inside, Esc closes, focus returns to where it was. */
export function Dialog({ title, onClose, children, className = '' }: DialogProps) {
  const { t } = useI18n()
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  useEffect(() => {
    const dialog = ref.current
    if (!dialog || dialog.open) return
    const before = document.activeElement
    dialog.showModal()
    dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    return () => {
      dialog.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])

  const cancel = (event: React.SyntheticEvent) => {
    event.preventDefault()
    onClose()
  }
  return (
    // A click on the backdrop lands on the dialog element itself; the keyboard has Esc.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog ref={ref} className={`dialog ${className}`} aria-labelledby={titleId} onCancel={cancel} onClick={(event) => event.target === ref.current && onClose()}>
      <div className="dialog-body">
        <header className="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <button type="button" className="icon-button" aria-label={t('action.close')} onClick={onClose}>
            <X size={20} aria-hidden />
          </button>
        </header>
        {children}
      </div>
      <ToastList />
    </dialog>
  )
}
