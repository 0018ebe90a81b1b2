import type { RealtimeState } from '@madang/client'
import { CloudOff, RefreshCw, Wifi } from 'lucide-react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useI18n } from '../i18n/i18n'

export type Connection = 'fine' | 'offline' | 'waiting' | 'back'

/** Short breaks of the line are nobody's concern. */
const PATIENCE_MS = 2_000
const BACK_SHOWN_MS = 2_500

export function useConnection(line: RealtimeState, online: boolean): Connection {
  const [shown, setShown] = useState<Connection>('fine')
  const wasOnline = useRef(false)
  const wanted: Connection = !online ? 'offline' : line === 'online' || line === 'signed_out' || line === 'stopped' ? 'fine' : 'waiting'

  useEffect(() => {
    if (line === 'online') wasOnline.current = true
  }, [line])
  // Every try changes the state of the line; the patience counts from the first loss.
  useEffect(() => {
    if (wanted === 'fine') {
      setShown((now) => (now === 'offline' || now === 'waiting' ? 'back' : now))
      const timer = setTimeout(() => setShown('fine'), BACK_SHOWN_MS)
      return () => clearTimeout(timer)
    }
    const patience = wanted === 'offline' || !wasOnline.current ? PATIENCE_MS / 4 : PATIENCE_MS
    const timer = setTimeout(() => setShown(wanted), patience)
    return () => clearTimeout(timer)
  }, [wanted])
  return shown
}

export function ConnectionBanner({ line, onReconnect }: { line: RealtimeState; onReconnect: () => void }) {
  const { t } = useI18n()
  const connection = useConnection(line, useOnline())
  return (
    <div role="status" className={`banner banner-${connection}`}>
      {connection === 'offline' && <><CloudOff size={16} aria-hidden /> <span>{t('line.offline')}</span></>}
      {connection === 'waiting' && (
        <>
          <RefreshCw size={16} aria-hidden className="turning" /> <span>{t('line.waiting')}</span>
          <button type="button" className="link-button" onClick={onReconnect}>{t('line.reconnect')}</button>
        </>
      )}
      {connection === 'back' && <><Wifi size={16} aria-hidden /> <span>{t('line.back')}</span></>}
    </div>
  )
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener('online', changed)
      window.addEventListener('offline', changed)
      return () => {
        window.removeEventListener('online', changed)
        window.removeEventListener('offline', changed)
      }
    },
    () => navigator.onLine,
  )
}
