import { list, routes } from './server'
import { open } from './screen'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { AudiencePage } from '../src/notify/AudiencePage'
import { AudiencesView } from '../src/notify/AudiencesView'
import { CategoriesView } from '../src/notify/CategoriesView'
import { CategoryPage } from '../src/notify/CategoryPage'
import { FunnelView } from '../src/notify/FunnelView'
import { SendView } from '../src/notify/SendView'
import { SuppressionsView } from '../src/notify/SuppressionsView'

const at = '2026-11-22T00:00:00Z'
const category = { name: 'garden', titles: { ko: '정원', en: 'Garden' }, mandatory: false, channels: ['inbox', 'email'], priority: 'normal', ambiguous: 'hold', quiet: 'digest', per_day: 3, digest_window_ms: 5_400_000, ttl_ms: 259_200_000, built_in: false }
const topic = { name: 'club', kind: 'topic', title: 'Garden club', open: true, people: 2, created_at: at, updated_at: at }
const kim = { id: '7', name: 'kim', display_name: '김하린', role: 'user', created_at: at }
const lee = { id: '8', name: 'lee', display_name: 'Lee', role: 'user', created_at: at }

beforeEach(() => {
  routes.clear()
  // jsdom has neither.
  HTMLDialogElement.prototype.showModal = function () { this.open = true }
  HTMLDialogElement.prototype.close = function () { this.open = false }
  vi.stubGlobal('IntersectionObserver', class { observe() {} disconnect() {} })
})

test('categories are listed by what people of this language read', async () => {
  routes.set('GET /v1/admin/categories', () => list([category, { ...category, name: 'news', titles: { 'en-GB': 'News' }, channels: [], per_day: undefined, built_in: true }]))
  open('/x', <CategoriesView />, 'ko')
  expect(await screen.findByRole('link', { name: '정원' })).toBeInTheDocument()
  expect(screen.getByText('garden · 알림함, 이메일 · 하루 3건')).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'News' })).toHaveAttribute('href', '/notify/categories/news')
  expect(screen.getByText('news · 기본 경로 없음')).toBeInTheDocument()
})

test('a category is put whole, and what is emptied is absent', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  routes.set('GET /v1/admin/categories/garden', () => category)
  routes.set('PUT /v1/admin/categories/garden', (body) => (asked.push(body), Response.json({ code: 'invalid_fields', errors: [{ field: 'fallback.to', code: 'invalid' }] }, { status: 422 })))
  open('/y/garden', <CategoryPage />)
  const limit = await screen.findByLabelText('At most on a day')
  expect(screen.getByLabelText('Gather for')).toHaveValue(90)
  expect(screen.getByLabelText('Worth sending for: unit')).toHaveValue('days')
  await user.clear(limit)
  await user.click(screen.getByLabelText('Push'))
  await user.selectOptions(screen.getByLabelText('When no answer came'), 'resend')
  await user.click(screen.getByLabelText('Unopened, try another channel'))
  await user.selectOptions(screen.getByLabelText('Unopened by'), 'email')
  await user.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Choose another channel than the first.')).toBeInTheDocument()
  expect(asked).toEqual([{ titles: { ko: '정원', en: 'Garden' }, mandatory: false, channels: ['inbox', 'push', 'email'], priority: 'normal', ambiguous: 'resend', quiet: 'digest', digest_window_ms: 5_400_000, ttl_ms: 259_200_000, fallback: { from: 'email', after_ms: 3_600_000, to: 'email' } }])
})

test('an address is blocked as what it looks like, and unblocked after a question', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  let there = [{ id: '5', kind: 'email', value: 'a@b.org', reason: 'unsubscribed', created_at: at }]
  routes.set('GET /v1/admin/suppressions', (_, query) => list(query.get('value') === null ? there : []))
  routes.set('POST /v1/admin/suppressions', (body) => (asked.push(body), new Response(null, { status: 204 })))
  routes.set('DELETE /v1/admin/suppressions/5', () => ((there = []), new Response(null, { status: 204 })))
  open('/x', <SuppressionsView />)
  await user.type(await screen.findByLabelText('Address to block'), ' +821012345678')
  await user.click(screen.getByRole('button', { name: 'Add' }))
  await waitFor(() => expect(asked).toEqual([{ kind: 'phone', value: '+821012345678' }]))
  await user.click(screen.getByRole('button', { name: 'Unblock: a@b.org' }))
  const question = screen.getByRole('alertdialog')
  expect(question).toHaveTextContent('Messages go to a@b.org again from now on.')
  expect(there).toHaveLength(1)
  await user.click(within(question).getByRole('button', { name: 'Unblock' }))
  expect(await screen.findByText('No address is blocked')).toBeInTheDocument()
  await user.type(screen.getByLabelText('Address'), 'c@d.org')
  await user.click(screen.getByRole('button', { name: 'Find' }))
  expect(await screen.findByText('This address is not blocked')).toBeInTheDocument()
})

test('people are added to a topic by name and taken out', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  routes.set('GET /v1/admin/audiences/club', () => topic)
  routes.set('GET /v1/notifications/reach', (_, query) => ({ count: query.get('audience') === 'club' ? 1_234 : 0, more: false }))
  routes.set('GET /v1/admin/audiences/club/members', () => list([kim]))
  routes.set('GET /v1/users', () => list([kim, lee, { ...lee, id: '1', display_name: 'Mina' }]))
  routes.set('POST /v1/admin/audiences/club/members', (body) => (asked.push(body), { added: 2, removed: 0 }))
  open('/y/club', <AudiencePage />)
  expect(await screen.findByText('1,234 people')).toBeInTheDocument()
  await user.click(await screen.findByRole('button', { name: 'Take out: 김하린' }))
  await waitFor(() => expect(asked).toEqual([{ remove: ['7'] }]))
  await user.click(screen.getByRole('button', { name: 'Add people' }))
  await user.click(await screen.findByRole('checkbox', { name: /Lee/ }))
  await user.click(screen.getByRole('checkbox', { name: /Mina/ }))
  expect(screen.queryByRole('checkbox', { name: /김하린/ })).not.toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Choose 2 people' }))
  await waitFor(() => expect(asked.at(-1)).toEqual({ add: ['8', '1'] }))
})

test('a segment is made of what is filled in', async () => {
  const user = userEvent.setup()
  const asked: unknown[] = []
  routes.set('GET /v1/admin/audiences', () => list([]))
  routes.set('POST /v1/admin/audiences', (body) => (asked.push(body), Response.json({ code: 'audience_taken' }, { status: 409 })))
  open('/x', <AudiencesView />)
  await user.click(await screen.findByRole('button', { name: 'New audience' }))
  await user.click(screen.getByLabelText(/^Segment/))
  await user.type(screen.getByLabelText('Name'), 'koreans')
  await user.type(screen.getByLabelText('What people read'), 'Korean speakers')
  await user.type(screen.getByLabelText('Languages'), 'ko, en-GB')
  await user.click(screen.getByLabelText('Administrator'))
  await user.click(screen.getByRole('button', { name: 'Create' }))
  await waitFor(() => expect(asked).toEqual([{ name: 'koreans', title: 'Korean speakers', kind: 'segment', rule: { locales: ['ko', 'en-GB'], roles: ['admin'] } }]))
})

test('everybody is sent to only after a question with their number', async () => {
  const user = userEvent.setup()
  const asked: Record<string, unknown>[] = []
  routes.set('GET /v1/admin/categories', () => list([category]))
  routes.set('GET /v1/notifications/reach', () => ({ count: 100_000, more: true }))
  routes.set('POST /v1/notifications', (body) => (asked.push(body as Record<string, unknown>), { id: '9' }))
  open('/x', <SendView />, 'ko')
  await user.click(await screen.findByRole('button', { name: '모두' }))
  await user.type(screen.getByLabelText('제목'), '안내')
  await user.type(screen.getByLabelText('본문'), '내일 쉽니다')
  await user.type(screen.getByLabelText('유효 기간'), '2')
  await user.type(screen.getByLabelText('캠페인'), 'spring')
  expect(screen.getByRole('region', { name: '미리 보기' })).toHaveTextContent('안내내일 쉽니다')
  await user.click(screen.getByRole('button', { name: '보내기' }))
  expect(await screen.findByText('모두에게 보냅니다: 100,000명 이상')).toBeInTheDocument()
  expect(asked).toEqual([])
  // What was asked about is changed: it is asked again.
  await user.type(screen.getByLabelText('본문'), '.')
  expect(screen.queryByRole('alertdialog')).not.toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: '보내기' }))
  await user.click(await screen.findByRole('button', { name: '지금 보내기' }))
  expect(await screen.findByText('elsewhere')).toBeInTheDocument()
  expect(asked).toEqual([{ event_id: expect.any(String), category: 'garden', to: { all: true }, content: { title: '안내', body: '내일 쉽니다.' }, data: { campaign: 'spring' }, ttl: 7_200 }])
})

test('a template is sent to chosen people with its values, and shown before', async () => {
  const user = userEvent.setup()
  const asked: Record<string, unknown>[] = []
  const shown: unknown[] = []
  routes.set('GET /v1/admin/categories', () => list([category]))
  routes.set('GET /v1/users', () => list([kim]))
  routes.set('GET /v1/templates', () => list([{ name: 'hello', version: 1, default_locale: 'en', locales: ['en'], built_in: false }]))
  routes.set('GET /v1/templates/hello', () => ({ name: 'hello', version: 1, built_in: false, default_locale: 'en', parts: { en: { title: 'Hi {{who}}', body: '{{recipient.name}}, {{when}}' } } }))
  routes.set('POST /v1/templates/hello/preview', (body) => (shown.push(body), { locale: 'en', push: { title: 'Hi there', body: '', data: {}, size_bytes: 9 } }))
  routes.set('POST /v1/notifications', (body) => (asked.push(body as Record<string, unknown>), { id: '9' }))
  open('/x', <SendView />)
  await user.click(await screen.findByRole('button', { name: 'Choose people' }))
  await user.click(await screen.findByRole('checkbox', { name: /김하린/ }))
  await user.click(screen.getByRole('button', { name: 'Choose 1 person' }))
  await user.click(screen.getByRole('button', { name: 'Template' }))
  await user.selectOptions(await screen.findByLabelText('Template'), 'hello')
  await user.type(await screen.findByLabelText('who'), 'you')
  expect(screen.queryByLabelText('recipient')).not.toBeInTheDocument()
  expect(await screen.findByText('Hi there')).toBeInTheDocument()
  await waitFor(() => expect(shown.at(-1)).toMatchObject({ locale: 'en', data: { who: 'you', when: '⟨when⟩' } }))
  await user.click(screen.getByRole('button', { name: 'Send' }))
  await waitFor(() => expect(asked).toEqual([{ event_id: expect.any(String), category: 'garden', to: { user_ids: ['7'] }, template: 'hello', data: { who: 'you' } }]))
})

test('a funnel is told by channel and by day', async () => {
  const user = userEvent.setup()
  const counts = (sent: number, opened: number) => ({ sent, delivered: sent, failed: 0, opened, clicked: 0, converted: 0, unsubscribed: 0, dismissed: 0, machine: { opened: 0, clicked: 0 } })
  const asked: (string | null)[] = []
  const now = new Date()
  const since = new Date(now.getTime() - 7 * 86_400_000).toISOString()
  routes.set('GET /v1/templates', () => list([]))
  routes.set('GET /v1/funnels', (_, query) => {
    const channel = query.get('channel')
    asked.push(channel)
    return { campaign: 'spring', since, notifications: 2, complete: false, ...counts(40, 10), ...(channel === null ? {} : { channel }), by_channel: [{ channel: 'email', counts: counts(30, 9) }, { channel: 'push', counts: counts(10, 1) }], by_day: [{ day: now.toISOString().slice(0, 10), counts: counts(40, 10) }] }
  })
  open('/x?campaign=spring&days=7', <FunnelView />)
  expect(await screen.findByRole('row', { name: /^E-mail 30 30 100% 9 30% 0/ })).toBeInTheDocument()
  expect(screen.getByRole('img', { name: /^Sent by day/ })).toBeInTheDocument()
  expect(screen.getByText(/of the newest alone/)).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'E-mail' }))
  await waitFor(() => expect(asked).toEqual([null, 'email']))
})
