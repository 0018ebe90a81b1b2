import { Logo } from '../app/Logo'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'

export function NoRoom() {
  const { t } = useI18n()
  return (
    <div className="room-pane no-room">
      <Empty icon={<Logo size={56} />} title={t('rooms.pick')} hint={t('rooms.pickHint')} />
    </div>
  )
}
