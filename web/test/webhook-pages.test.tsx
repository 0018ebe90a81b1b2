import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
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
import { WebhookPage } from '../src/settings/WebhookPage'
import { Webhooks } from '../src/settings/Webhooks'

const list = (items: unknown[]) => ({ items, next: null, prev: null })
const webhook = (more: object = {}) => ({ id: '5', url: 'https://a.org/hook', types: [], enabled: true, created_at: '2026-11-22T00:00:00Z', updated_at: '2026-11-22T00:00:00Z', ...more })
const delivery = (more: object = {}) => ({ id: '8', event_id: '9', type: 'crawl.finished', state: 'failed', attempts: 2, status: 500, created_at: '2026-11-22T00:00:00Z', ...more })

beforeEach(() => {
  server.routes.clear()
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) { this.open = true }
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) { this.open = false }
  server.routes.set('GET /v1/setup', () => ({ needed: false, registration: 'open', community: 'Madang' }))
})

function Ready({ children }: { children: React.ReactNode }) {
  return useSession().user ? children : null
}

function open(path: string, locale: Locale = 'en') {
  server.routes.set('GET /v1/me', () => ({ id: '1', name: 'mina', display_name: 'Mina', role: 'admin', locale, created_at: '2026-11-22T00:00:00Z' }))
  return render(
    <I18nProvider start={locale}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <ToastProvider>
          <MemoryRouter initialEntries={[path]}>
            <SessionProvider>
              <Ready>
                <Routes>
                  <Route path="settings" element={<Webhooks />} />
                  <Route path="settings/webhooks/:id" element={<WebhookPage />} />
                </Routes>
              </Ready>
            </SessionProvider>
          </MemoryRouter>
        </ToastProvider>
      </QueryClientProvider>
    </I18nProvider>,
  )
}

test('a new webhook tells its secret once', async () => {
  const user = userEvent.setup()
  const sent: unknown[] = []
  server.routes.set('GET /v1/webhooks', () => list(sent.length === 0 ? [] : [webhook({ description: 'Mirror' })]))
  server.routes.set('POST /v1/webhooks', (body) => {
    sent.push(body)
    return sent.length === 1 ? Response.json({ code: 'invalid_fields', errors: [{ field: 'url', code: 'invalid' }] }, { status: 422 }) : webhook({ secret: 'whsec_once' })
  })
  open('/settings')
  await user.click(await screen.findByRole('button', { name: 'New webhook' }))
  await user.type(screen.getByLabelText('Address'), 'nonsense')
  await user.click(screen.getByLabelText('Only these'))
  await user.click(screen.getByLabelText(/^Notifications were opened/))
  await user.click(screen.getByLabelText(/^A crawl ended/))
  await user.click(screen.getByRole('button', { name: 'Create' }))
  expect(await screen.findByText('Not valid.')).toBeInTheDocument()
  await user.clear(screen.getByLabelText('Address'))
  await user.type(screen.getByLabelText('Address'), 'https://a.org/hook')
  await user.click(screen.getByRole('button', { name: 'Create' }))
  expect(await screen.findByLabelText('Signing secret')).toHaveValue('whsec_once')
  expect(sent[1]).toEqual({ url: 'https://a.org/hook', description: '', types: ['notification.opened', 'crawl.finished'] })
  expect(await screen.findByRole('link', { name: /Mirror/ })).toHaveAttribute('href', '/settings/webhooks/5')
})

test('its page switches it off, makes a new secret and sends again', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  const said = (name: string, answer: unknown) => (body: unknown) => {
    asked.push([name, body])
    return answer
  }
  server.routes.set('GET /v1/webhooks/5', () => webhook({ types: ['crawl.finished'] }))
  server.routes.set('GET /v1/webhooks/5/deliveries', () => list([delivery()]))
  server.routes.set('GET /v1/webhooks/5/deliveries/8', () => delivery({ data: { crawl_id: '7' }, attempt_log: [{ at: '2026-11-22T00:00:00Z', status: 500, latency_ms: 12, response: 'no' }] }))
  server.routes.set('POST /v1/webhooks/5/deliveries/8/resend', said('resend', delivery({ state: 'waiting' })))
  server.routes.set('POST /v1/webhooks/5/resend', said('failed', { resent: 3, more: false }))
  server.routes.set('POST /v1/webhooks/5/secret', said('secret', webhook({ secret: 'whsec_new' })))
  server.routes.set('PATCH /v1/webhooks/5', said('patch', webhook({ enabled: false, disabled_reason: 'admin' })))
  open('/settings/webhooks/5', 'ko')
  expect(await screen.findByRole('heading', { level: 1, name: 'https://a.org/hook' })).toBeInTheDocument()
  const log = screen.getByRole('region', { name: '보낸 기록' })
  await user.click(await within(log).findByText('수집 끝'))
  expect(await within(log).findByText(/"crawl_id": "7"/)).toBeInTheDocument()
  await user.click(within(log).getByRole('button', { name: '다시 보내기' }))
  await user.click(within(log).getByRole('button', { name: '실패한 것 다시 보내기' }))
  expect(await screen.findByText('3건을 다시 보냅니다')).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: '새 비밀' }))
  await user.click(within(screen.getByRole('alertdialog')).getByRole('button', { name: '새 비밀' }))
  expect(await screen.findByLabelText('서명 비밀')).toHaveValue('whsec_new')
  await user.click(screen.getByRole('button', { name: '끄기' }))
  expect(await screen.findByText('관리자가 껐습니다.')).toBeInTheDocument()
  expect(asked).toEqual([['resend', {}], ['failed', { since: '2026-11-22T00:00:00Z' }], ['secret', {}], ['patch', { enabled: false }]])
})
