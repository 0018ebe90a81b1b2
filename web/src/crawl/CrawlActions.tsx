import { type Crawl, hasEnded } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { Pause, Play, Square, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { useI18n } from '../i18n/i18n'
import { Confirm } from '../ui/Confirm'
import { useAction } from '../ui/use-action'

/** What may be done in the crawl's state; what cannot be undone is asked twice. */
export function CrawlActions({ crawl, onChanged }: { crawl: Crawl; onChanged: (crawl: Crawl) => void }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const toasts = useToasts()
  const { busy, run } = useAction()
  const [asked, setAsked] = useState<'stop' | 'delete'>()
  const { id, state } = crawl

  const change = (verb: 'pause' | 'resume' | 'stop') => () =>
    void run(async () => {
      setAsked(undefined)
      onChanged(await api.crawls[verb](id))
    })
  const remove = () =>
    void run(async () => {
      await api.crawls.delete(id)
      toasts.info(t('crawl.deleted'))
      void queries.invalidateQueries({ queryKey: ['crawls'] })
      await navigate('/crawls', { replace: true })
    })
  if (asked === 'stop' && !hasEnded(crawl)) {
    return <Confirm label={t('crawl.stop')} text={t('crawl.stopConfirm')} action={t('crawl.stopDo')} busy={busy} onYes={change('stop')} onNo={() => setAsked(undefined)} />
  }
  if (asked === 'delete') {
    return <Confirm label={t('crawl.delete')} text={t('crawl.deleteConfirm')} action={t('crawl.deleteDo')} busy={busy} onYes={remove} onNo={() => setAsked(undefined)} />
  }
  return (
    <div className="crawl-actions">
      {state === 'running' && <button type="button" className="button small" disabled={busy} onClick={change('pause')}><Pause size={16} aria-hidden /> {t('crawl.pause')}</button>}
      {state !== 'running' && state !== 'finished' && <button type="button" className="button small primary" disabled={busy} onClick={change('resume')}><Play size={16} aria-hidden /> {t('crawl.resume')}</button>}
      {!hasEnded(crawl) && <button type="button" className="button small danger" disabled={busy} onClick={() => setAsked('stop')}><Square size={15} aria-hidden /> {t('crawl.stop')}</button>}
      {state !== 'running' && <button type="button" className="button small danger quiet" disabled={busy} onClick={() => setAsked('delete')}><Trash2 size={16} aria-hidden /> {t('crawl.delete')}</button>}
    </div>
  )
}
