import { Logo } from '../app/Logo'
import { usePageTitle } from '../app/title-count'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'

export function NoRoom() {
  const { t } = useI18n()
  usePageTitle(t('app.name'))
  return (
    <div className="room-pane no-room">
      <Empty icon={<Logo size={56} />} title={t('rooms.pick')} hint={t('rooms.pickHint')} />
    </div>
  )
}
