import type { FeedExplanation, Id } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { useApi } from '../app/session'
import { errorText } from '../i18n/error-text'
import { hasMessage, type Translate, useI18n } from '../i18n/i18n'
import { Dialog } from '../ui/Dialog'
import { Spinner } from '../ui/Spinner'

/** Why a post is in one's home feed, or why not, as the server tells it. */
export function ExplainDialog({ id, by, onClose }: { id: Id; by: string; onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const { data, error, isPending } = useQuery({ queryKey: ['explain', id], queryFn: () => api.feed.explain(id), retry: false, staleTime: 0 })
  return (
    <Dialog title={t('explain.title')} onClose={onClose}>
      {isPending && <Spinner />}
      {error !== null && <p className="form-error" role="alert">{errorText(t, error)}</p>}
      {data && (
        <div className="explain">
          <p><strong>{t(data.in_feed ? 'explain.in' : 'explain.out')}</strong></p>
          <ul>
            {data.by.map((code) => <li key={code}><Check size={17} aria-hidden /> <span>{words(t, 'by', code, by)}</span></li>)}
            {data.without.map((code) => <li key={code} className="against"><X size={17} aria-hidden /> <span>{words(t, 'without', code, by)}</span></li>)}
          </ul>
          {data.rankings?.map((ranking) => <Ranking key={ranking.ranker} ranking={ranking} />)}
          {data.in_feed && <small>{t(data.place === 'ring' || data.place === 'pending' ? 'explain.pushed' : 'explain.pulled')}</small>}
        </div>
      )}
    </Dialog>
  )
}

/** What the order under “For you” goes by. */
function Ranking({ ranking: { score, factors } }: { ranking: NonNullable<FeedExplanation['rankings']>[number] }) {
  const { t, locale } = useI18n()
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, signDisplay: 'exceptZero' })
  return (
    <dl className="explain-score">
      <div><dt>{t('explain.score')}</dt><dd>{number.format(score)}</dd></div>
      {factors.filter(({ points }) => points !== 0).map(({ name, points }) => <div key={name}><dt>{words(t, 'factor', name, '')}</dt><dd>{number.format(points)}</dd></div>)}
    </dl>
  )
}

/** A reason in words; one that is new to us as it stands. */
function words(t: Translate, kind: 'by' | 'without' | 'factor', code: string, name: string): string {
  const shared = code.startsWith('shared_')
  const key = `explain.${kind}.${shared ? code.slice('shared_'.length) : code}`
  const text = hasMessage(key) ? t(key, { name }) : code.replaceAll('_', ' ')
  return shared ? t('explain.shared', { reason: text }) : text
}
