import type { PreferenceChange } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useId } from 'react'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { BackLink } from '../crawl/BackLink'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Spinner } from '../ui/Spinner'
import { AddressBook } from './AddressBook'
import { Matrix } from './Matrix'
import { Mute } from './Mute'
import { PushHere } from './PushHere'
import { Quiet } from './Quiet'
import { Topics } from './Topics'

export type Change = (change: PreferenceChange) => Promise<void>

/** What somebody wants to hear of, by which channels, and when. */
export function PreferencesPage() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { data, error } = useQuery({ queryKey: ['preferences'], queryFn: () => api.inbox.preferences() })
  usePageTitle(`${t('pref.title')} · ${t('app.name')}`)
  const change: Change = async (wanted) => void queries.setQueryData(['preferences'], await api.inbox.updatePreferences(wanted))
  return (
    <main className="page" id="main">
      <BackLink to="/settings" label={t('settings.title')} />
      <header className="page-head"><h1>{t('pref.title')}</h1></header>
      <Section title={t('pref.pushTitle')}><PushHere /></Section>
      {data ? (
        <>
          <Section title={t('pref.matrix')}><Matrix preferences={data} onChange={change} /></Section>
          <Section title={t('pref.muteTitle')}><Mute preferences={data} onChange={change} /></Section>
          <Section title={t('pref.quietTitle')}><Quiet preferences={data} onChange={change} /></Section>
        </>
      ) : error ? <p className="form-error" role="alert">{errorText(t, error)}</p> : <Spinner />}
      <Section title={t('pref.addresses')}><AddressBook /></Section>
      <Section title={t('pref.topics')}><Topics /></Section>
    </main>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id} className="card-title">{title}</h2>
      {children}
    </section>
  )
}
