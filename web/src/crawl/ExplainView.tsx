import { type CrawlHost, type ExplainedHost, hasEnded, type UrlExplanation } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useApi } from '../app/session'
import { errorText, fieldText } from '../i18n/error-text'
import { hasMessage, type Translate, useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Field } from '../ui/Field'
import { Spinner } from '../ui/Spinner'
import { useShownCrawl } from './CrawlPage'
import { HostFacts } from './HostFacts'
import { OpenLink } from './PageRow'
import { reasonText, termWhy } from './reasons'
import { crawlCode, numberText, readable } from './text'
import { useNow } from './use-now'

/** Why a URL is next, waiting or refused, with everything that made it so. */
export function ExplainView() {
  const { t } = useI18n()
  const api = useApi()
  const { crawl } = useShownCrawl()
  const [query, setQuery] = useSearchParams()
  const asked = query.get('url') ?? ''
  const [typed, setTyped] = useState(asked)
  const { data, error, isFetching } = useQuery({
    queryKey: ['crawl', crawl.id, 'explain', asked],
    queryFn: () => api.crawls.explain(crawl.id, asked),
    enabled: asked !== '',
    retry: false,
    staleTime: 0,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim() !== '') setQuery({ url: typed.trim() })
  }
  const wrong = fieldText(t, error, 'url')
  return (
    <>
      <form className="explain-form" onSubmit={submit}>
        <Field label={t('crawl.explain.url')} hint={t('crawl.explain.hint')} error={wrong} type="text" inputMode="url" autoCapitalize="none" spellCheck={false} placeholder="https://" value={typed} onChange={(event) => setTyped(event.target.value)}
          after={<button className="button small primary" disabled={isFetching}>{t('crawl.explain.submit')}</button>} />
      </form>
      {isFetching && !data && <Spinner />}
      {error && !wrong && <p className="form-error" role="alert">{errorText(t, error)}</p>}
      <div aria-live="polite" className="explain-answer">{data && !error && <Explanation answer={data} ended={hasEnded(crawl)} />}</div>
    </>
  )
}

function Explanation({ answer, ended }: { answer: UrlExplanation; ended: boolean }) {
  const { t, locale } = useI18n()
  const now = useNow()
  const facts: [string, ReactNode][] = []
  if (answer.place !== undefined) facts.push([t('crawl.explain.place'), answer.place === 0 ? t('crawl.explain.first') : t('crawl.explain.placeValue', { count: answer.place, number: numberText(answer.place, locale) })])
  if (answer.class !== undefined) facts.push([t('crawl.explain.class'), t('crawl.explain.classValue', { class: answer.class })])
  if (answer.depth !== undefined) facts.push([t('crawl.explain.depth'), numberText(answer.depth, locale)])
  if (answer.next_at !== undefined) facts.push([t('crawl.explain.nextAt'), fullText(answer.next_at, locale)])
  if (answer.referrer !== undefined) facts.push([t('crawl.explain.referrer'), readable(answer.referrer)])
  return (
    <div className="crawl-columns">
      <section className={`card verdict verdict-${answer.verdict}`} aria-label={verdictText(t, answer.verdict)}>
        <h2>{verdictText(t, answer.verdict)}</h2>
        <p className="verdict-url"><span className="page-url">{readable(answer.url)}</span><OpenLink url={answer.url} /></p>
        {answer.reasons.length > 0 && (
          <ul className="reasons" aria-label={t('crawl.explain.reasons')}>
            {answer.reasons.map(({ code, detail, facts }, index) => <li key={`${code} ${index}`}><strong>{crawlCode(t, code)}</strong><small>{reasonText(t, { code, detail, facts }, locale)}</small></li>)}
          </ul>
        )}
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      {answer.terms.length > 0 && <Terms terms={answer.terms} />}
      {answer.host && (
        <section className="card" aria-label={t('crawl.explain.host')}>
          <h2 className="card-title">{t('crawl.explain.host')}</h2>
          <p className="page-url">{answer.host.origin}</p>
          <div className="host-below"><HostFacts host={shownHost(answer.host)} now={now} ended={ended} /></div>
        </section>
      )}
    </div>
  )
}

/** Its clock as the view of hosts shows it: open when host, domain and address all are. */
function shownHost({ opens_at, robots, gates: _, delay_ms: __, ...host }: ExplainedHost): Omit<CrawlHost, 'id'> {
  return { ...host, next_at: opens_at, robots: { ...robots, status: robots.status ?? 0 } }
}

function Terms({ terms }: { terms: UrlExplanation['terms'] }) {
  const { t, locale } = useI18n()
  const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' })
  return (
    <section className="card" aria-label={t('crawl.explain.terms')}>
      <h2 className="card-title">{t('crawl.explain.terms')}</h2>
      <table className="terms">
        <thead>
          <tr><th scope="col">{t('crawl.explain.term')}</th><th scope="col">{t('crawl.explain.classes')}</th></tr>
        </thead>
        <tbody>
          {terms.map((term) => (
            <tr key={term.name}>
              <th scope="row">{termText(t, term.name)}<small>{termWhy(t, term, locale)}</small></th>
              <td>{signed.format(term.classes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function termText(t: Translate, term: string): string {
  const key = `crawl.term.${term}`
  return hasMessage(key) ? t(key) : crawlCode(t, term)
}

function verdictText(t: Translate, verdict: string): string {
  const key = `crawl.verdict.${verdict}`
  return hasMessage(key) ? t(key) : crawlCode(t, verdict)
}
