import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { MemoryRouter, Route, Routes } from 'react-router'
import { beforeEach, describe, expect, test, vi } from 'vitest'

/** The server of these tests, set up before the app's client takes hold of `fetch`. */
const server = vi.hoisted(() => {
  const routes = new Map<string, (request: { url: URL; body: unknown }) => unknown>()
  const asked: string[] = []
  const streams: ReadableStreamDefaultController<Uint8Array>[] = []
  const fetch = async (input: unknown, init: RequestInit = {}) => {
    const url = new URL(String(input), 'http://server.test')
    const key = `${init.method ?? 'GET'} ${url.pathname}`
    asked.push(key + url.search)
    if (url.pathname.endsWith('/events')) {
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void streams.push(controller) })
      return new Response(body)
    }
    const answer = routes.get(key)?.({ url, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined })
    if (answer instanceof Response) return answer
    return answer === undefined ? Response.json({ code: 'not_found' }, { status: 404 }) : Response.json(answer)
  }
  vi.stubGlobal('fetch', fetch)
  return { routes, asked, streams }
})

import { SessionProvider, useSession } from '../src/app/session'
import { ToastProvider } from '../src/app/toasts'
import { CrawlPage } from '../src/crawl/CrawlPage'
import { CrawlsPage } from '../src/crawl/CrawlsPage'
import { ExplainView } from '../src/crawl/ExplainView'
import { HostsView } from '../src/crawl/HostsView'
import { NewCrawlPage } from '../src/crawl/NewCrawlPage'
import { Overview } from '../src/crawl/Overview'
import { PagesView } from '../src/crawl/PagesView'
import { I18nProvider } from '../src/i18n/i18n'
import type { Locale } from '../src/i18n/messages'
import { SearchPage } from '../src/search/SearchPage'
import { crawlOf, progressOf, settingsOf } from './crawl-facts'

const list = (items: unknown[], next: string | null = null) => ({ items, next, prev: null })
const page = (n: number, more: object = {}) => ({
  url: `https://example.org/${n}`, status: 200, title: `Page ${n}`, depth: 1, words: 9, bytes: 2_000, elapsed_ms: 12, fetched_at: '2026-11-22T00:00:00Z', noise: 0, no_index: false, changes: 0, fetches: 1, ...more,
})
const host = (more: object = {}) => ({ id: '1', origin: 'https://example.org', domain: 'example.org', waiting: 3, fetched: 2, parked: 0, latency_ms: 40, errors: 0, robots: { status: 200, fetched_at: '2026-11-22T00:00:00Z' }, ...more })

let seenByObservers: (() => void)[]

beforeEach(() => {
  server.routes.clear()
  server.asked.length = 0
  server.streams.length = 0
  seenByObservers = []
  vi.stubGlobal('IntersectionObserver', class {
    constructor(private readonly callback: (entries: { isIntersecting: boolean }[]) => void) {}
    observe = () => void seenByObservers.push(() => this.callback([{ isIntersecting: true }]))
    disconnect = () => undefined
  })
  server.routes.set('GET /v1/setup', () => ({ needed: false, registration: 'open', community: 'Madang' }))
})

function Ready({ children }: { children: React.ReactNode }) {
  return useSession().user ? children : null
}

function open(path: string, locale: Locale = 'en') {
  server.routes.set('GET /v1/me', () => ({ id: '1', name: 'mina', display_name: 'Mina', role: 'admin', locale, created_at: '2026-11-22T00:00:00Z' }))
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  return render(
    <I18nProvider start={locale}>
      <QueryClientProvider client={queries}>
        <ToastProvider>
          <MemoryRouter initialEntries={[path]}>
            <SessionProvider>
              <Ready>
                <Routes>
                  <Route path="crawls">
                    <Route index element={<CrawlsPage />} />
                    <Route path="new" element={<NewCrawlPage />} />
                    <Route path=":id" element={<CrawlPage />}>
                      <Route index element={<Overview />} />
                      <Route path="hosts" element={<HostsView />} />
                      <Route path="pages" element={<PagesView />} />
                      <Route path="explain" element={<ExplainView />} />
                    </Route>
                  </Route>
                  <Route path="search" element={<SearchPage />} />
                </Routes>
              </Ready>
            </SessionProvider>
          </MemoryRouter>
        </ToastProvider>
      </QueryClientProvider>
    </I18nProvider>,
  )
}

const event = (name: string, data: unknown) =>
  act(async () => {
    server.streams.at(-1)?.enqueue(new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`))
    await new Promise((resolve) => setImmediate(resolve))
  })

const figure = (name: string) => within(screen.getByText(name, { selector: '.figure dt' }).parentElement as HTMLElement).getByRole('definition')

describe('the list', () => {
  test('tells the state and where each one stands', async () => {
    server.routes.set('GET /v1/crawls', () => list([crawlOf({ progress: progressOf({ fetched: 12_345, per_second: 40, eta_ms: 60_000 }) }), crawlOf({ id: '8', state: 'finished', finished_at: '2026-11-22T01:00:00Z' })]))
    open('/crawls', 'ko')
    const rows = await screen.findAllByRole('listitem')
    expect(rows[0]).toHaveTextContent('수집 중')
    expect(rows[0]).toHaveTextContent('1.2만쪽 · 초당 40쪽 · 남은 시간 1분')
    expect(rows[1]).toHaveTextContent('완료')
  })

  test('is empty with a word of what to do', async () => {
    server.routes.set('GET /v1/crawls', () => list([]))
    open('/crawls')
    expect(await screen.findByText('Nothing was crawled yet')).toBeVisible()
  })
})

describe('starting', () => {
  test('sends the settings and shows the crawl', async () => {
    const sent: unknown[] = []
    server.routes.set('POST /v1/crawls', ({ body }) => { sent.push(body); return crawlOf() })
    server.routes.set('GET /v1/crawls/7', () => crawlOf())
    open('/crawls/new')
    await userEvent.type(await screen.findByLabelText('Start from'), 'https://example.org/')
    await userEvent.click(screen.getByLabelText(/These domains/))
    await userEvent.clear(screen.getByLabelText('Pause between two requests to a host (s)'))
    await userEvent.type(screen.getByLabelText('Pause between two requests to a host (s)'), '0.5')
    await userEvent.click(screen.getByRole('button', { name: 'Start the crawl' }))
    expect(await screen.findByRole('heading', { name: 'example.org' })).toBeVisible()
    const { allow: _, boosts: __, ...settings } = settingsOf({ scope: 'domain', delay_ms: 500 })
    expect(sent).toEqual([settings])
  })

  test('puts each refusal at its field, unfolds, and goes there', async () => {
    const errors = [{ field: 'seeds.1', code: 'invalid' }, { field: 'max_depth', code: 'out_of_range' }, { field: 'concurrency', code: 'out_of_range' }]
    server.routes.set('POST /v1/crawls', () => Response.json({ code: 'invalid_fields', errors }, { status: 422 }))
    open('/crawls/new')
    const seeds = await screen.findByLabelText('Start from')
    await userEvent.type(seeds, 'https://example.org/{Enter}ftp://x/')
    await userEvent.click(screen.getByRole('button', { name: 'Start the crawl' }))
    expect(await screen.findByText('ftp://x/: Not valid.')).toBeVisible()
    expect(seeds).toHaveAccessibleDescription('ftp://x/: Not valid.')
    expect(screen.getByLabelText('Links from the start, at most')).toHaveAccessibleDescription('Out of range.')
    expect(screen.getByLabelText('Requests at the same time').closest('details')).toHaveAttribute('open')
    await waitFor(() => expect(seeds).toHaveFocus())
  })
})

describe('a crawl', () => {
  test('moves with its events until it has finished', async () => {
    server.routes.set('GET /v1/crawls/7', () => crawlOf({ progress: progressOf({ fetched: 1 }) }))
    open('/crawls/7')
    await screen.findByRole('heading', { name: 'example.org' })
    await waitFor(() => expect(server.streams).toHaveLength(1))
    await event('state', crawlOf())
    await event('progress', progressOf({ fetched: 1_234, per_second: 56, waiting: 99, faults: { header_timeout: 3, brand_new: 1 } }))
    await waitFor(() => expect(figure('Fetched')).toHaveTextContent('1,234'))
    expect(figure('Rate')).toHaveTextContent('56/s')
    expect(screen.getByText('No answer in time').closest('li')).toHaveTextContent('No answer in time3 75%')
    expect(screen.getByText('brand new')).toBeVisible()
    await event('state', crawlOf({ state: 'finished', finished_at: '2026-11-22T01:00:00Z', progress: progressOf({ fetched: 2_000 }) }))
    expect(await screen.findByRole('status', { name: 'State: Finished' })).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Stop' })).not.toBeInTheDocument()
    expect(figure('Fetched')).toHaveTextContent('2,000')
  })

  test('is paused at once and stopped after a question', async () => {
    server.routes.set('GET /v1/crawls/7', () => crawlOf())
    server.routes.set('POST /v1/crawls/7/pause', () => crawlOf({ state: 'paused' }))
    server.routes.set('POST /v1/crawls/7/stop', () => crawlOf({ state: 'stopped' }))
    server.routes.set('POST /v1/crawls/7/resume', () => crawlOf())
    open('/crawls/7')
    await userEvent.click(await screen.findByRole('button', { name: 'Pause' }))
    expect(await screen.findByRole('status', { name: 'State: Paused' })).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Stop' }))
    expect(screen.getByRole('button', { name: 'Cancel' })).toHaveFocus()
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    expect(server.asked).not.toContain('POST /v1/crawls/7/stop')
    await userEvent.click(screen.getByRole('button', { name: 'Stop' }))
    await userEvent.click(screen.getByRole('button', { name: 'Stop the crawl' }))
    expect(await screen.findByRole('status', { name: 'State: Stopped' })).toBeVisible()
    const streams = server.streams.length
    await userEvent.click(screen.getByRole('button', { name: 'Resume' }))
    expect(await screen.findByRole('status', { name: 'State: Running' })).toBeVisible()
    await waitFor(() => expect(server.streams.length).toBe(streams + 1))
  })

  test('says when it does not exist', async () => {
    open('/crawls/9')
    expect(await screen.findByRole('heading', { name: 'This crawl is not here' })).toBeVisible()
  })
})

describe('its hosts', () => {
  test('show their clocks, blocks and what robots.txt asks', async () => {
    server.routes.set('GET /v1/crawls/7', () => crawlOf())
    server.routes.set('GET /v1/crawls/7/hosts', () => list([
      host({ next_at: new Date(Date.now() + 30_000).toISOString(), block: 'retry_after', errors: 2 }),
      host({ id: '2', origin: 'https://b.org', waiting: 0, robots: { status: 404, fetched_at: '2026-11-22T00:00:00Z', crawl_delay_ms: 2_000 } }),
      host({ id: '3', origin: 'https://c.org', robots: { status: 0 } }),
    ]))
    open('/crawls/7/hosts')
    const rows = (await screen.findByText('https://c.org')).closest('ul') as HTMLElement
    expect(server.asked).toContain('GET /v1/crawls/7/hosts?order=busiest&limit=100')
    const [first, second, third] = within(rows).getAllByRole('listitem')
    expect(first).toHaveTextContent(/in (29|30) sec.*The site asked us to wait.*Errors in a row: 2/)
    expect(second).toHaveTextContent(/nothing waits.*none: all allowed.*asks for 2 sec/)
    expect(third).toHaveTextContent(/now.*not read yet/)
  })
})

describe('its pages', () => {
  test('are filtered by the server and read on to the end', async () => {
    server.routes.set('GET /v1/crawls/7', () => crawlOf())
    server.routes.set('GET /v1/crawls/7/pages', ({ url }) => (url.searchParams.get('cursor') === 'c2' ? list([page(2)]) : list([page(1, { duplicate: { kind: 'near', url: 'https://example.org/0' } })], 'c2')))
    open('/crawls/7/pages')
    expect(await screen.findByText('Page 1')).toBeVisible()
    act(() => seenByObservers.at(-1)?.())
    expect(await screen.findByText('Page 2')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Show more' })).not.toBeInTheDocument()
    await userEvent.selectOptions(screen.getByLabelText('Status'), '4xx')
    await userEvent.type(screen.getByLabelText('Part of the address'), '뜰')
    await waitFor(() => expect(server.asked).toContain(`GET /v1/crawls/7/pages?q=${encodeURIComponent('뜰')}&status=4xx`))
  })

  test('that could not be read on keep what is there and offer another try', async () => {
    server.routes.set('GET /v1/crawls/7', () => crawlOf())
    server.routes.set('GET /v1/crawls/7/pages', ({ url }) => (url.searchParams.has('cursor') ? Response.json({ code: 'overloaded' }, { status: 503 }) : list([page(1)], 'c2')))
    open('/crawls/7/pages')
    await screen.findByText('Page 1')
    act(() => seenByObservers.at(-1)?.())
    expect(await screen.findByRole('alert')).toHaveTextContent('The server is busy')
    expect(screen.getByText('Page 1')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Show more' })).toBeEnabled()
  })
})

describe('explaining', () => {
  test('tells verdict, reasons, terms and the clock', async () => {
    server.routes.set('GET /v1/crawls/7', () => crawlOf())
    server.routes.set('GET /v1/crawls/7/explain', ({ url }) => ({
      url: url.searchParams.get('url'), verdict: 'refused', sentence: 'It is not fetched.', reasons: [{ code: 'robots', detail: 'line 12: Disallow: /private/', facts: { line: 12 } }], class: 3,
      terms: [{ name: 'depth', classes: 4, detail: '3 links from a seed', amount: 3 }], place: 0, depth: 4, referrer: 'https://example.org/', host: { ...host(), delay_ms: 1_000, gates: [], robots: { status: 200, allowed: false, line: 12 } },
    }))
    open('/crawls/7/explain', 'ko')
    await userEvent.type(await screen.findByLabelText('주소'), 'https://example.org/private/a{Enter}')
    const verdict = await screen.findByRole('region', { name: '거절되었습니다' })
    expect(verdict).toHaveTextContent('robots.txt가 금지함')
    expect(verdict).toHaveTextContent('robots.txt 12번째 줄이 금지합니다')
    expect(verdict).toHaveTextContent('맨 앞')
    expect(screen.getByRole('row', { name: /시작에서 링크 3번 \+4/ })).toBeVisible()
    expect(screen.getByRole('region', { name: '호스트의 시계' })).toHaveTextContent('https://example.org')
  })

  test('says what is wrong with the address', async () => {
    server.routes.set('GET /v1/crawls/7', () => crawlOf())
    server.routes.set('GET /v1/crawls/7/explain', () => Response.json({ code: 'invalid_fields', errors: [{ field: 'url', code: 'invalid' }] }, { status: 422 }))
    open('/crawls/7/explain?url=nonsense')
    expect(await screen.findByText('Not valid.')).toBeVisible()
    expect(screen.getByLabelText('Address')).toHaveValue('nonsense')
  })
})

describe('searching', () => {
  test('marks what was found and never links to anything but the web', async () => {
    const found = (url: string) => ({ url, title: '마당', snippet: [{ text: '우리 ', hit: false }, { text: '마당', hit: true }], score: 1, crawl_id: '7', fetched_at: '2026-11-22T00:00:00Z' })
    server.routes.set('GET /v1/search/pages', () => list([found('https://example.org/'), found('javascript:alert(1)')]))
    open('/search', 'ko')
    await userEvent.type(await screen.findByRole('searchbox', { name: '수집한 페이지 검색' }), '마당{Enter}')
    const results = await screen.findByRole('list', { name: '결과' })
    expect(results.querySelectorAll('mark')).toHaveLength(2)
    expect(within(results).getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual(['https://example.org/'])
    expect(server.asked).toContain(`GET /v1/search/pages?q=${encodeURIComponent('마당')}`)
  })

  test('takes its question from the address, with host and language', async () => {
    server.routes.set('GET /v1/search/pages', () => list([]))
    open('/search?q=pine&host=example.org&lang=ko')
    expect(await screen.findByText('Nothing found')).toBeVisible()
    expect(server.asked).toContain('GET /v1/search/pages?q=pine&host=example.org&lang=ko')
  })

  test('Enter in the host box keeps both', async () => {
    server.routes.set('GET /v1/search/pages', () => list([]))
    open('/search?q=pine')
    await userEvent.type(await screen.findByRole('textbox', { name: 'Host' }), 'b.org{Enter}')
    await waitFor(() => expect(server.asked).toContain('GET /v1/search/pages?q=pine&host=b.org'))
  })
})
