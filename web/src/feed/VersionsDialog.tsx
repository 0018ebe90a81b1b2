import type { Id } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../app/session'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Dialog } from '../ui/Dialog'
import { Spinner } from '../ui/Spinner'

/** What a post says and said before, newest first. */
export function VersionsDialog({ id, onClose }: { id: Id; onClose: () => void }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const { data, error, isPending } = useQuery({ queryKey: ['post-versions', id], queryFn: () => api.posts.versions(id), retry: false, staleTime: 0 })
  return (
    <Dialog title={t('post.versions')} onClose={onClose}>
      {isPending && <Spinner />}
      {error !== null && <p className="form-error" role="alert">{errorText(t, error)}</p>}
      <ol className="post-versions">
        {data?.items.map(({ version, text, ended_at }) => (
          <li key={version}>
            <small>{ended_at === undefined ? t('post.versionNow') : t('post.versionUntil', { time: fullText(ended_at, locale) })}</small>
            <p className="post-text" dir="auto">{text}</p>
          </li>
        ))}
      </ol>
    </Dialog>
  )
}
