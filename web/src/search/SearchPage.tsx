import type { FoundPage } from '@madang/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { FileSearch, ScanSearch, Search } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useApi } from '../app/session'
import { usePageTitle } from '../app/title-count'
import { EndlessList } from '../crawl/EndlessList'
import { readable, webHref } from '../crawl/text'
import { PostResults, usePostSearch } from '../feed/PostResults'
import { usePlace } from '../feed/use-place'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { Empty } from '../ui/Empty'

const places = ['pages', 'posts'] as const

/** Search over all crawled pages and over posts, for everybody who is signed in. */
export function SearchPage() {
  const { t } = useI18n()
  const [query, setQuery] = useSearchParams()
  const asked = query.get('q') ?? ''
  const inPosts = query.get('in') === 'posts'
  const page = useRef<HTMLElement>(null)
  const posts = usePostSearch(inPosts ? asked : '')
  const [typed, setTyped] = useState(asked)
  useEffect(() => setTyped(asked), [asked])
  usePlace(page, inPosts && posts.isSuccess)
  usePageTitle(`${asked === '' ? t('search.title') : asked} · ${t('app.name')}`)
  const set = (change: Record<string, string>) =>
    setQuery((before) => {
      for (const [name, value] of Object.entries(change)) {
        if (value === '') before.delete(name)
        else before.set(name, value)
      }
      return before
    })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const host = new FormData(event.currentTarget).get('host')
    set({ q: typed.normalize('NFC').trim(), ...(host === null ? {} : { host: String(host).trim() }) })
  }
  return (
    <main className="page" id="main" ref={page}>
      <header className="page-head">
        <h1>{t('search.title')}</h1>
        <div className="tabs" role="group" aria-label={t('search.where')}>
          {places.map((each) => <button key={each} type="button" aria-pressed={inPosts === (each === 'posts')} onClick={() => set({ in: each === 'posts' ? each : '' })}>{t(`search.in.${each}`)}</button>)}
        </div>
      </header>
      <form role="search" className="search-form" onSubmit={submit}>
        <div className="search-box big">
          <Search size={20} aria-hidden />
          <input type="search" name="q" aria-label={t('search.field')} placeholder={t(inPosts ? 'search.postPlaceholder' : 'search.placeholder')} value={typed} maxLength={200} onChange={(event) => setTyped(event.target.value)} />
          <button className="button small primary">{t('search.submit')}</button>
        </div>
        {!inPosts && <div className="filters">
          <HostFilter key={query.get('host')} host={query.get('host') ?? ''} onChoose={(host) => set({ host })} />
          <select aria-label={t('search.language')} value={query.get('lang') ?? ''} onChange={(event) => set({ lang: event.target.value })}>
            <option value="">{t('search.anyLanguage')}</option>
            <option value="ko" lang="ko">한국어</option>
            <option value="en" lang="en">English</option>
            <option value="ja" lang="ja">日本語</option>
            <option value="zh" lang="zh">中文</option>
          </select>
        </div>}
      </form>
      {asked === ''
        ? <Empty icon={<ScanSearch size={30} />} title={t('search.begin')} hint={t(inPosts ? 'search.beginPosts' : 'search.beginHint')} />
        : inPosts ? <PostResults pages={posts} /> : <Results q={asked} host={query.get('host') ?? undefined} lang={query.get('lang') ?? undefined} crawl={query.get('crawl_id') ?? undefined} />}
    </main>
  )
}

/** Taken over when it is left; Enter sends the whole form. */
function HostFilter({ host, onChoose }: { host: string; onChoose: (host: string) => void }) {
  const { t } = useI18n()
  return (
    <div className="search-box">
      <input type="text" name="host" inputMode="url" autoCapitalize="none" spellCheck={false} aria-label={t('search.host')} placeholder={t('search.anyHost')} defaultValue={host}
        onBlur={({ target }) => target.value.trim() !== host && onChoose(target.value.trim())} />
    </div>
  )
}

function Results({ q, host, lang, crawl }: { q: string; host?: string; lang?: string; crawl?: string }) {
  const { t } = useI18n()
  const api = useApi()
  const pages = useInfiniteQuery({
    queryKey: ['pages', { q, host, lang, crawl }],
    queryFn: ({ pageParam }) => api.crawls.find({ q, host, lang, crawl_id: crawl, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
  })
  return (
    <EndlessList pages={pages} empty={<Empty icon={<FileSearch size={30} />} title={t('search.none')} hint={t('search.noneHint')} />}>
      {(items) => <ul className="found" aria-label={t('search.results')}>{items.map((page) => <Found key={`${page.crawl_id} ${page.url}`} page={page} />)}</ul>}
    </EndlessList>
  )
}

function Found({ page }: { page: FoundPage }) {
  const { t, locale } = useI18n()
  return (
    <li className="found-page">
      <h2><a href={webHref(page.url)} target="_blank" rel="noopener noreferrer nofollow">{page.title || readable(page.url)}</a></h2>
      <span className="page-url">{readable(page.url)}</span>
      <p>{page.snippet.map(({ text, hit }, index) => (hit ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>))}</p>
      <small>{t('search.fetchedAt', { time: fullText(page.fetched_at, locale) })}</small>
    </li>
  )
}
