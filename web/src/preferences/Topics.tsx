import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { useAction } from '../ui/use-action'

/** What one may join and leave by oneself. */
export function Topics() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const { data } = useQuery({ queryKey: ['topics'], queryFn: () => api.inbox.topics({ limit: 100 }) })
  const set = (name: string, joins: boolean) =>
    void run(async () => {
      await (joins ? api.inbox.joinTopic(name) : api.inbox.leaveTopic(name))
      await queries.invalidateQueries({ queryKey: ['topics'] })
    })
  if (data && data.items.length === 0) return <p className="quiet-text">{t('pref.noTopics')}</p>
  return (
    <div className="topics">
      {data?.items.map((topic) => (
        <label key={topic.name} className="check">
          <input type="checkbox" checked={topic.joined} disabled={busy || !topic.open} onChange={(event) => set(topic.name, event.target.checked)} /> <span>{topic.title}</span>
        </label>
      ))}
    </div>
  )
}
