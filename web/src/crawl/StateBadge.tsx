import type { CrawlState } from '@madang/client'
import { CircleCheck, CirclePause, CircleStop, CircleX, LoaderCircle } from 'lucide-react'
import { useI18n } from '../i18n/i18n'

const icons = { running: LoaderCircle, paused: CirclePause, stopped: CircleStop, finished: CircleCheck, failed: CircleX }

export function StateBadge({ state }: { state: CrawlState }) {
  const { t } = useI18n()
  const Icon = icons[state]
  return (
    <span className={`state state-${state}`}>
      <Icon size={15} aria-hidden className={state === 'running' ? 'turning' : undefined} /> {t(`crawl.state.${state}`)}
    </span>
  )
}
