import { list, routes } from './server'
import { open } from './screen'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DeadView } from '../src/notify/DeadView'
import { ExplainPage } from '../src/notify/ExplainPage'
import { QueuesView } from '../src/notify/QueuesView'
import { PreferencesPage } from '../src/preferences/PreferencesPage'

const queue = { name: 'mail', configured: true, channel: 'email', waiting: 3, sending: 0, ambiguous: 0, sent: 5, delivered: 0, dead: 1, expired: 0, dropped: 0, canceled: 0, breaker: 'open' }
const delivery = { id: '8', notification_id: '9', category: 'social', channel: 'sms', queue: 'kannel', state: 'ambiguous', priority: 'normal', expires_at: '2026-11-22T00:00:00Z', attempt: 1, ambiguous: 1, reason: 'no_answer: the node was lost', created_at: '2026-11-22T00:00:00Z' }

beforeEach(() => routes.clear())

afterEach(() => vi.useRealTimers())

test('a queue shows its breaker and is paused by hand', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  routes.set('GET /v1/queues', () => list([asked.length === 0 ? queue : { ...queue, paused: { at: '2026-11-22T00:00:00Z', reason: 'Paused in the web app', by: 'hand' } }]))
  routes.set('POST /v1/queues/mail/pause', (body) => (asked.push(body), {}))
  open('/x', <QueuesView />)
  expect(await screen.findByText('Broken off')).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Pause: mail' }))
  expect(await screen.findByRole('button', { name: 'Resume: mail' })).toBeInTheDocument()
  expect(asked).toEqual([{ reason: 'Paused in the web app' }])
})

test('queues are asked for again while they are seen, and lead to what they could not deliver', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  let asked = 0
  routes.set('GET /v1/queues', () => list([{ ...queue, waiting: ++asked * 100, oldest_age_ms: 65_000, breaker_until: '2026-11-22T00:00:00Z' }]))
  open('/x', <QueuesView />)
  expect(await screen.findByText('100')).toBeInTheDocument()
  expect(screen.getByText('oldest 1 min 5 sec')).toBeInTheDocument()
  expect(screen.getByText(/^Broken off · until /)).toBeInTheDocument()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await screen.findByText('200')).toBeInTheDocument()
  expect(asked).toBe(2)
  expect(screen.getByRole('link', { name: 'Send these again: mail' })).toHaveAttribute('href', '/notify/dead?queue=mail')
})

test('dead letters of one queue are looked for at once', async () => {
  const asked: (string | null)[] = []
  routes.set('GET /v1/deliveries', (_, query) => (asked.push(query.get('queue')), list([])))
  open('/x?queue=mail', <DeadView />)
  expect(await screen.findByText('Nothing is stuck')).toBeInTheDocument()
  expect(screen.getByLabelText('Queue')).toHaveValue('mail')
  expect(asked).toEqual(['mail'])
})

test('dead letters are counted before they are sent again, and doubts are resolved', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  routes.set('GET /v1/deliveries', () => list([delivery]))
  routes.set('GET /v1/queues', () => list([{ ...queue, name: 'kannel' }]))
  routes.set('POST /v1/deliveries/replay', (body) => (asked.push(body), { count: 7, more: false }))
  routes.set('POST /v1/deliveries/8/resolve', (body) => (asked.push(body), delivery))
  open('/x', <DeadView />, 'ko')
  expect(await screen.findByText('답이 오기 전에 서버가 멈췄습니다.')).toBeInTheDocument()
  await user.selectOptions(await screen.findByLabelText('대기열'), await screen.findByRole('option', { name: 'kannel' }))
  await user.click(screen.getByRole('button', { name: '찾기' }))
  await user.click(await screen.findByRole('button', { name: '이것들을 다시 보내기' }))
  expect(await screen.findByText('7건을 다시 보내게 됩니다.')).toBeInTheDocument()
  await user.click(screen.getAllByRole('button', { name: '다시 보내기' })[0] as HTMLElement)
  expect(await screen.findByText('7건이 다시 대기합니다')).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: '도착했음' }))
  await waitFor(() => expect(asked).toEqual([{ filter: { queue: 'kannel' }, dry_run: true }, { filter: { queue: 'kannel' }, dry_run: false }, { arrived: true }]))
})

test('a notification is explained by its decisions and attempts', async () => {
  routes.set('GET /v1/notifications/9', () => ({
    notification: { id: '9', category: 'social', content: { title: 'Hello', body: 'there' }, to: { user_ids: ['1'] }, data: {}, send_at: '2026-11-22T00:00:00Z', expires_at: '2026-11-23T00:00:00Z', state: 'planned', people: 1, created_at: '2026-11-22T00:00:00Z' },
    totals: [{ channel: 'push', state: 'dead', count: 1 }],
    totals_complete: true,
    person: {
      user_id: '1',
      decisions: [{ rule: 'address', channel: 'sms', outcome: 'drop', inputs: { reason: 'no_address' } }],
      deliveries: [{ id: '8', channel: 'push', provider: 'fcm', state: 'dead', reason: '400 INVALID', ambiguous: 0, attempts: [{ at: '2026-11-22T00:00:00Z', provider: 'fcm', class: 'reject', code: '400 INVALID', latency_ms: 12 }] }],
    },
  }))
  routes.set('GET /v1/users/1', () => ({ id: '1', name: 'mina', display_name: 'Mina', role: 'admin', created_at: '2026-11-22T00:00:00Z' }))
  open('/x/9', <ExplainPage />)
  expect(await screen.findByText('@mina')).toBeInTheDocument()
  expect(await screen.findByText('There is no address for this channel.')).toBeInTheDocument()
  expect(screen.getByText(/Address · SMS: left out/)).toBeInTheDocument()
  expect(screen.getByText('Refused')).toBeInTheDocument()
})

test('a preference is chosen, and an address is proven by its code', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  const cell = (on: boolean, source: string) => ({ on, source })
  const preferences = { channels: { push: true }, quiet_hours: [], time_zone: 'Asia/Seoul', choices: {}, matrix: [{ category: 'social', title: 'Friends', mandatory: false, channels: { push: cell(true, 'default') } }, { category: 'security', title: 'Security', mandatory: true, channels: { push: cell(true, 'mandatory') } }] }
  routes.set('GET /v1/me/preferences', () => preferences)
  routes.set('PUT /v1/me/preferences', (body) => (asked.push(body), { ...preferences, choices: { social: { push: false } } }))
  routes.set('GET /v1/me/addresses', () => ({ addresses: [], pending: asked.length < 2 ? [] : [{ kind: 'email', value: 'a@b.org', sent_at: '2026-11-22T00:00:00Z', expires_at: '2026-11-22T00:10:00Z' }], devices: [] }))
  routes.set('GET /v1/me/topics', () => list([]))
  routes.set('PUT /v1/me/addresses/email', (body) => (asked.push(body), {}))
  open('/x', <PreferencesPage />)
  expect(await screen.findByRole('checkbox', { name: 'Security: Push (always)' })).toBeDisabled()
  await user.click(screen.getByRole('checkbox', { name: 'Friends: Push (default)' }))
  expect(await screen.findByRole('button', { name: 'Back to the default: Friends' })).toBeInTheDocument()
  await user.type(screen.getByLabelText('E-mail address', { selector: 'input' }), 'a@b.org')
  await user.click(screen.getAllByRole('button', { name: 'Send code' })[0] as HTMLElement)
  expect(await screen.findByLabelText('Code')).toBeInTheDocument()
  expect(asked).toEqual([{ choices: { social: { push: false } } }, { value: 'a@b.org' }])
})
