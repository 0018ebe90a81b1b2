import { type FeedToken, MadangError } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Copy } from 'lucide-react'
import { useState } from 'react'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Confirm } from '../ui/Confirm'
import { useAction } from '../ui/use-action'

/** A secret address of one's home feed, for feed readers that cannot sign in. It is told once. */
export function FeedAddress() {
  const { t, locale } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [made, setMade] = useState<FeedToken>()
  const [sure, setSure] = useState(false)
  const { data } = useQuery({
    queryKey: ['feed-token'],
    queryFn: () => api.feed.token().catch((error: unknown) => {
      if (error instanceof MadangError && error.status === 404) return null
      throw error
    }),
  })
  const act = (action: () => Promise<FeedToken | void>) => run(async () => {
    const token = await action()
    setMade(token ?? undefined)
    setSure(false)
    await queries.invalidateQueries({ queryKey: ['feed-token'] })
  })
  return (
    <>
      <p className="quiet-text">{data ? t('feedToken.since', { time: fullText(data.created_at, locale) }) : t('feedToken.hint')}</p>
      {made && <Address url={made.atom_url} />}
      {sure
        ? <Confirm label={t('feedToken.delete')} text={t('feedToken.deleteSure')} action={t('feedToken.delete')} busy={busy} onNo={() => setSure(false)} onYes={() => void act(() => api.feed.deleteToken())} />
        : (
          <div className="button-row">
            {data && <button type="button" className="button danger" onClick={() => setSure(true)}>{t('feedToken.delete')}</button>}
            <button type="button" className="button" disabled={busy || data === undefined} onClick={() => void act(() => api.feed.renewToken())}>{t(data ? 'feedToken.renew' : 'feedToken.create')}</button>
          </div>
        )}
    </>
  )
}

function Address({ url }: { url: string }) {
  const { t } = useI18n()
  const toasts = useToasts()
  const copy = () => navigator.clipboard.writeText(url).then(() => toasts.info(t('action.copied')), toasts.error)
  return (
    <div className="invite-link" role="status">
      <p>{t('feedToken.ready')}</p>
      <div className="field-box">
        <input readOnly value={url} aria-label={t('feedToken.ready')} onFocus={(event) => event.target.select()} />
        <button type="button" className="button small" onClick={() => void copy()}><Copy size={15} aria-hidden /> {t('action.copy')}</button>
      </div>
    </div>
  )
}
