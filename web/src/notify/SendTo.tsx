import type { Recipients, User } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useApi } from '../app/session'
import { numberText } from '../crawl/text'
import { fieldText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Select } from '../ui/Field'
import { PeopleChips, PeopleDialog } from './PeopleDialog'

export interface SendTarget {
  kind: 'users' | 'audience' | 'all'
  people: readonly User[]
  audience: string
}

export const toOf = ({ kind, people, audience }: SendTarget): Recipients => (kind === 'all' ? { all: true } : kind === 'audience' ? { audience } : { user_ids: people.map(({ id }) => id) })

interface SendToProps {
  target: SendTarget
  onTarget: (target: SendTarget) => void
  error: unknown
}

const kinds = ['users', 'audience', 'all'] as const

/** To whom: people by name, an audience with the number of its people, or everybody. */
export function SendTo({ target, onTarget, error }: SendToProps) {
  const { t } = useI18n()
  const [picking, setPicking] = useState(false)
  const wrong = fieldText(t, error, 'user_ids') ?? fieldText(t, error, 'to')
  return (
    <div className="send-to">
      <div className="tabs" role="group" aria-label={t('notify.to')}>
        {kinds.map((kind) => <button key={kind} type="button" aria-pressed={target.kind === kind} onClick={() => onTarget({ ...target, kind })}>{t(`notify.to.${kind}`)}</button>)}
      </div>
      {target.kind === 'users' && (
        <>
          <PeopleChips people={target.people} onRemove={(person) => onTarget({ ...target, people: target.people.filter(({ id }) => id !== person.id) })} />
          <button type="button" className="button" onClick={() => setPicking(true)}><UserPlus size={16} aria-hidden /> {t('notify.pickPeople')}</button>
          {wrong !== undefined && <p className="field-note error" role="alert">{target.people.length === 0 ? t('notify.nobodyYet') : wrong}</p>}
        </>
      )}
      {target.kind === 'audience' && <AudienceSelect target={target} onTarget={onTarget} />}
      {target.kind === 'audience' && target.audience === '' && fieldText(t, error, 'audience') && <p className="field-note error" role="alert">{t('notify.pickAudience')}</p>}
      {target.kind === 'all' && <ReachNote />}
      {picking && <PeopleDialog title={t('notify.pickPeople')} start={target.people} onDone={(people) => { onTarget({ ...target, people }); setPicking(false) }} onClose={() => setPicking(false)} />}
    </div>
  )
}

function AudienceSelect({ target, onTarget }: Omit<SendToProps, 'error'>) {
  const { t } = useI18n()
  const api = useApi()
  const { data } = useQuery({ queryKey: ['audiences', 'some'], queryFn: () => api.notifications.audiences({ limit: 100 }) })
  const audiences = data?.items ?? []
  // One that was asked for by its name may lie beyond the first hundred.
  const isListed = audiences.some(({ name }) => name === target.audience)
  if (data && audiences.length === 0) return <p className="quiet-text">{t('notify.noAudiences')}</p>
  return (
    <>
      <Select label={t('notify.to.audience')} value={target.audience} onChange={(event) => onTarget({ ...target, audience: event.target.value })}>
        {target.audience === '' && <option value="">{t('notify.pickAudience')}</option>}
        {target.audience !== '' && !isListed && <option value={target.audience}>{target.audience}</option>}
        {audiences.map(({ name, title, kind }) => <option key={name} value={name}>{`${title} · ${t(`notify.kind.${kind}`)}`}</option>)}
      </Select>
      {target.audience !== '' && <ReachNote audience={target.audience} />}
    </>
  )
}

function ReachNote({ audience }: { audience?: string }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const { data } = useQuery({ queryKey: ['reach', audience ?? ''], queryFn: () => api.notifications.reach(audience) })
  return <p className="quiet-text" role="status">{data && t(data.more ? 'notify.peopleAtLeast' : 'notify.people', { count: data.count, number: numberText(data.count, locale) })}</p>
}
