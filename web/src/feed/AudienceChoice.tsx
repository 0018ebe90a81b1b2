import type { Id, PostAudience } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { audiences } from './words'

/** Whom a post is for. */
export interface Aim {
  audience: PostAudience
  list_id?: Id
}

/** Four kinds of readers, and each of one's lists. */
export function AudienceChoice({ aim, onChoose }: { aim: Aim; onChoose: (aim: Aim) => void }) {
  const { t } = useI18n()
  const api = useApi()
  const { data } = useQuery({ queryKey: ['lists'], queryFn: () => api.lists.all({ limit: 100 }), staleTime: 60_000 })
  const choose = (value: string) => {
    const list = data?.items.find(({ id }) => id === value)
    onChoose(list ? { audience: 'list', list_id: list.id } : { audience: value as PostAudience, list_id: undefined })
  }
  return (
    <select className="compact" aria-label={t('post.audience')} value={aim.list_id ?? aim.audience} onChange={(event) => choose(event.target.value)}>
      {audiences.map((each) => <option key={each} value={each}>{t(`post.audience.${each}`)}</option>)}
      {data?.items.map(({ id, title }) => <option key={id} value={id}>{t('post.audienceList', { title })}</option>)}
    </select>
  )
}
