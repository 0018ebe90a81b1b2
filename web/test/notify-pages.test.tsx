import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { MemoryRouter, Route, Routes } from 'react-router'
import { beforeEach, expect, test, vi } from 'vitest'

/** The server of these tests, set up before the app's client takes hold of `fetch`. */
const server = vi.hoisted(() => {
  const routes = new Map<string, (body: unknown) => unknown>()
  const fetch = async (input: unknown, init: RequestInit = {}) => {
    const { pathname } = new URL(String(input), 'http://server.test')
    const answer = routes.get(`${init.method ?? 'GET'} ${pathname}`)?.(typeof init.body === 'string' ? JSON.parse(init.body) : undefined)
    if (answer instanceof Response) return answer
    return answer === undefined ? Response.json({ code: 'not_found' }, { status: 404 }) : Response.json(answer)
  }
  vi.stubGlobal('fetch', fetch)
  return { routes }
})

import { SessionProvider, useSession } from '../src/app/session'
import { ToastProvider } from '../src/app/toasts'
import { I18nProvider } from '../src/i18n/i18n'
import type { Locale } from '../src/i18n/messages'
import { DeadView } from '../src/notify/DeadView'
import { ExplainPage } from '../src/notify/ExplainPage'
import { QueuesView } from '../src/notify/QueuesView'
import { PreferencesPage } from '../src/preferences/PreferencesPage'

const list = (items: unknown[]) => ({ items, next: null, prev: null })
const queue = { name: 'mail', configured: true, channel: 'email', waiting: 3, sending: 0, ambiguous: 0, sent: 5, delivered: 0, dead: 1, expired: 0, dropped: 0, canceled: 0, breaker: 'open' }
const delivery = { id: '8', notification_id: '9', category: 'social', channel: 'sms', queue: 'kannel', state: 'ambiguous', priority: 'normal', expires_at: '2026-11-22T00:00:00Z', attempt: 1, ambiguous: 1, reason: 'no_answer: the node was lost', created_at: '2026-11-22T00:00:00Z' }

beforeEach(() => {
  server.routes.clear()
  server.routes.set('GET /v1/setup', () => ({ needed: false, registration: 'open', community: 'Madang' }))
})

function Ready({ children }: { children: React.ReactNode }) {
  return useSession().user ? children : null
}

function open(path: string, element: React.ReactNode, locale: Locale = 'en') {
  server.routes.set('GET /v1/me', () => ({ id: '1', name: 'mina', display_name: 'Mina', role: 'admin', locale, created_at: '2026-11-22T00:00:00Z' }))
  return render(
    <I18nProvider start={locale}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <ToastProvider>
          <MemoryRouter initialEntries={[path]}>
            <SessionProvider>
              <Ready><Routes><Route path="/x/:id?" element={element} /></Routes></Ready>
            </SessionProvider>
          </MemoryRouter>
        </ToastProvider>
      </QueryClientProvider>
    </I18nProvider>,
  )
}

test('a queue shows its breaker and is paused by hand', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  server.routes.set('GET /v1/queues', () => list([asked.length === 0 ? queue : { ...queue, paused: { at: '2026-11-22T00:00:00Z', reason: 'Paused in the web app', by: 'hand' } }]))
  server.routes.set('POST /v1/queues/mail/pause', (body) => (asked.push(body), {}))
  open('/x', <QueuesView />)
  expect(await screen.findByText('Broken off')).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Pause: mail' }))
  expect(await screen.findByRole('button', { name: 'Resume: mail' })).toBeInTheDocument()
  expect(asked).toEqual([{ reason: 'Paused in the web app' }])
})

test('dead letters are counted before they are sent again, and doubts are resolved', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  server.routes.set('GET /v1/deliveries', () => list([delivery]))
  server.routes.set('POST /v1/deliveries/replay', (body) => (asked.push(body), { count: 7, more: false }))
  server.routes.set('POST /v1/deliveries/8/resolve', (body) => (asked.push(body), delivery))
  open('/x', <DeadView />, 'ko')
  expect(await screen.findByText('답이 오기 전에 서버가 멈췄습니다.')).toBeInTheDocument()
  await user.type(screen.getByLabelText('대기열'), 'kannel')
  await user.click(screen.getByRole('button', { name: '찾기' }))
  await user.click(await screen.findByRole('button', { name: '이것들을 다시 보내기' }))
  expect(await screen.findByText('7건을 다시 보내게 됩니다.')).toBeInTheDocument()
  await user.click(screen.getAllByRole('button', { name: '다시 보내기' })[0] as HTMLElement)
  expect(await screen.findByText('7건이 다시 대기합니다')).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: '도착했음' }))
  await waitFor(() => expect(asked).toEqual([{ filter: { queue: 'kannel' }, dry_run: true }, { filter: { queue: 'kannel' }, dry_run: false }, { arrived: true }]))
})

test('a notification is explained by its decisions and attempts', async () => {
  server.routes.set('GET /v1/notifications/9', () => ({
    notification: { id: '9', category: 'social', content: { title: 'Hello', body: 'there' }, to: { user_ids: ['1'] }, data: {}, send_at: '2026-11-22T00:00:00Z', expires_at: '2026-11-23T00:00:00Z', state: 'planned', people: 1, created_at: '2026-11-22T00:00:00Z' },
    totals: [{ channel: 'push', state: 'dead', count: 1 }],
    totals_complete: true,
    person: {
      user_id: '1',
      decisions: [{ rule: 'address', channel: 'sms', outcome: 'drop', inputs: { reason: 'no_address' } }],
      deliveries: [{ id: '8', channel: 'push', provider: 'fcm', state: 'dead', reason: '400 INVALID', ambiguous: 0, attempts: [{ at: '2026-11-22T00:00:00Z', provider: 'fcm', class: 'reject', code: '400 INVALID', latency_ms: 12 }] }],
    },
  }))
  open('/x/9', <ExplainPage />)
  expect(await screen.findByText('There is no address for this channel.')).toBeInTheDocument()
  expect(screen.getByText(/Address · SMS: left out/)).toBeInTheDocument()
  expect(screen.getByText('Refused')).toBeInTheDocument()
})

test('a preference is chosen, and an address is proven by its code', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  const cell = (on: boolean, source: string) => ({ on, source })
  const preferences = { channels: { push: true }, quiet_hours: [], time_zone: 'Asia/Seoul', choices: {}, matrix: [{ category: 'social', title: 'Friends', mandatory: false, channels: { push: cell(true, 'default') } }, { category: 'security', title: 'Security', mandatory: true, channels: { push: cell(true, 'mandatory') } }] }
  server.routes.set('GET /v1/me/preferences', () => preferences)
  server.routes.set('PUT /v1/me/preferences', (body) => (asked.push(body), { ...preferences, choices: { social: { push: false } } }))
  server.routes.set('GET /v1/me/addresses', () => ({ addresses: [], pending: asked.length < 2 ? [] : [{ kind: 'email', value: 'a@b.org', sent_at: '2026-11-22T00:00:00Z', expires_at: '2026-11-22T00:10:00Z' }], devices: [] }))
  server.routes.set('GET /v1/me/topics', () => list([]))
  server.routes.set('PUT /v1/me/addresses/email', (body) => (asked.push(body), {}))
  open('/x', <PreferencesPage />)
  expect(await screen.findByRole('checkbox', { name: 'Security: Push (always)' })).toBeDisabled()
  await user.click(screen.getByRole('checkbox', { name: 'Friends: Push (default)' }))
  expect(await screen.findByRole('button', { name: 'Back to the default: Friends' })).toBeInTheDocument()
  await user.type(screen.getByLabelText('E-mail address', { selector: 'input' }), 'a@b.org')
  await user.click(screen.getAllByRole('button', { name: 'Send code' })[0] as HTMLElement)
  expect(await screen.findByLabelText('Code')).toBeInTheDocument()
  expect(asked).toEqual([{ choices: { social: { push: false } } }, { value: 'a@b.org' }])
})
