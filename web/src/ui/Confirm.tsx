import { useI18n } from '../i18n/i18n'

interface ConfirmProps {
  label: string
  text: string
  action: string
  busy: boolean
  onYes: () => void
  onNo: () => void
}

/** A question in place of the buttons that led to it. */
export function Confirm({ label, text, action, busy, onYes, onNo }: ConfirmProps) {
  const { t } = useI18n()
  return (
    <div className="confirm" role="alertdialog" aria-label={label} aria-describedby="confirm-text">
      <p id="confirm-text">{text}</p>
      <div className="button-row">
        {/* The question took the place of the button that had the focus. */}
        {/* eslint-disable-next-line jsx-a11y/no-autofocus */}
        <button type="button" className="button" autoFocus onClick={onNo}>{t('action.cancel')}</button>
        <button type="button" className="button danger" disabled={busy} onClick={onYes}>{action}</button>
      </div>
    </div>
  )
}
