import type { MessageKey } from '../i18n/messages'
import { useI18n } from '../i18n/i18n'
import { Dialog } from '../ui/Dialog'

const shortcuts: { keys: string[]; does: MessageKey }[] = [
  { keys: ['Ctrl', 'K'], does: 'shortcuts.switcher' },
  { keys: ['Alt', 'N'], does: 'shortcuts.new' },
  { keys: ['↑', '↓'], does: 'shortcuts.arrows' },
  { keys: ['Enter'], does: 'shortcuts.send' },
  { keys: ['Shift', 'Enter'], does: 'shortcuts.newline' },
  { keys: ['Ctrl', 'Enter'], does: 'shortcuts.publish' },
  { keys: ['Esc'], does: 'shortcuts.back' },
  { keys: ['?'], does: 'shortcuts.list' },
]

export function ShortcutList({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  return (
    <Dialog title={t('shortcuts.title')} onClose={onClose}>
      <dl className="shortcuts">
        {shortcuts.map(({ keys, does }) => (
          <div key={does}>
            <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{t(does)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
