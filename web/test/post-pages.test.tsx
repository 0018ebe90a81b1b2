import { list, routes } from './server'
import { createEvent, fireEvent, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { PostComposer } from '../src/feed/PostComposer'
import { PostPage } from '../src/feed/PostPage'
import { open } from './screen'

const post = (more: object = {}) => ({
  id: '70', author_id: '2', text: 'Under the pine #garden with @mina', audience: 'public', tags: ['garden'], mentions: [{ user_id: '1', name: 'mina' }], version: 1,
  created_at: '2026-11-22T03:00:00Z', counts: { comments: 0, likes: 0, shares: 0 }, viewer: { liked: false, bookmarked: false, shared: false }, ...more,
})

beforeEach(() => {
  routes.clear()
  vi.stubGlobal('IntersectionObserver', class { observe() {} disconnect() {} })
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) { this.open = true }
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) { this.open = false }
  routes.set('GET /v1/users/2', () => ({ id: '2', name: 'joon', display_name: 'Joon Park', role: 'user', created_at: '2026-11-22T00:00:00Z' }))
  routes.set('GET /v1/posts/70/comments', () => list([]))
  routes.set('GET /v1/lists', () => list([{ id: '9', title: 'Gardeners', exclusive: false, members: 3, created_at: '2026-11-22T00:00:00Z' }]))
})

const write = async (locale: 'en' | 'ko' = 'en') => {
  open('/x', <PostComposer />, locale)
  return await screen.findByRole('textbox', { name: locale === 'en' ? 'Text of the post' : '글 내용' })
}

test('a post goes out once, composed, to whom was chosen', async () => {
  const sent: Record<string, unknown>[] = []
  routes.set('POST /v1/posts', (body) => {
    sent.push(body as Record<string, unknown>)
    return post({ author_id: '1' })
  })
  const user = userEvent.setup()
  const box = await write()
  fireEvent.change(box, { target: { value: `  ${'한글'.normalize('NFD')} ` } })
  await screen.findByRole('option', { name: 'List: Gardeners' })
  await user.selectOptions(screen.getByRole('combobox', { name: 'Who may read it' }), '9')
  await user.click(screen.getByRole('button', { name: 'Publish' }))
  expect(await screen.findByText('Published')).toBeInTheDocument()
  expect(sent).toEqual([{ client_id: expect.any(String), text: '한글', audience: 'list', list_id: '9' }])
  expect(box).toHaveValue('')
  expect(localStorage.getItem('madang.post-draft.1')).toBeNull()
})

test('what did not arrive goes out again under the same client id', async () => {
  const ids: unknown[] = []
  routes.set('POST /v1/posts', (body) => {
    ids.push((body as { client_id: string }).client_id)
    return ids.length === 1 ? Response.json({ code: 'overloaded' }, { status: 503 }) : post({ author_id: '1' })
  })
  const user = userEvent.setup()
  const box = await write()
  await user.type(box, 'hello')
  await user.click(screen.getByRole('button', { name: 'Publish' }))
  expect(await screen.findByText('The server is busy. Try again in a moment.')).toBeInTheDocument()
  expect(box).toHaveValue('hello')
  await user.click(screen.getByRole('button', { name: 'Publish' }))
  expect(await screen.findByText('Published')).toBeInTheDocument()
  expect(ids[0]).toBe(ids[1])
})

test('Enter makes a line; with Ctrl it publishes, but not while Hangul is composed', async () => {
  let sent = 0
  routes.set('POST /v1/posts', () => {
    sent++
    return post({ author_id: '1' })
  })
  const box = await write('ko')
  fireEvent.change(box, { target: { value: '안녕하세요' } })
  const press = (init: object) => {
    const event = createEvent.keyDown(box, { key: 'Enter', keyCode: 13, ...init })
    fireEvent(box, event)
    return event.defaultPrevented
  }
  expect(press({})).toBe(false)
  expect(press({ ctrlKey: true, isComposing: true })).toBe(false)
  expect(press({ ctrlKey: true, keyCode: 229 })).toBe(false)
  expect(press({ ctrlKey: true })).toBe(true)
  expect(await screen.findByText('글을 올렸습니다')).toBeInTheDocument()
  expect(sent).toBe(1)
})

test('a draft is there again, with what stands behind its link', async () => {
  localStorage.setItem('madang.post-draft.1', JSON.stringify({ text: 'see https://a.org/x', audience: 'friends' }))
  routes.set('GET /v1/preview', (_, query) => ({ url: query.get('url'), title: 'A garden', site_name: 'Garden weekly', kind: 'article', fetched_at: '2026-11-22T00:00:00Z' }))
  const box = await write()
  expect(box).toHaveValue('see https://a.org/x')
  expect(screen.getByRole('combobox', { name: 'Who may read it' })).toHaveValue('friends')
  expect(await screen.findByRole('link', { name: /A garden/ })).toHaveAttribute('href', 'https://a.org/x')
})

test('a post shows author, people and tags, and can be reported', async () => {
  const reports: unknown[] = []
  routes.set('GET /v1/posts/70', () => post())
  routes.set('POST /v1/reports', (body) => {
    reports.push(body)
    return { id: '5' }
  })
  const user = userEvent.setup()
  open('/x/70', <PostPage />)
  const article = await screen.findByRole('article', { name: 'Joon Park' })
  expect(within(article).getByRole('link', { name: '@mina' })).toHaveAttribute('href', '/people/1')
  expect(within(article).getByText('#garden')).toBeInTheDocument()
  await user.click(within(article).getByRole('button', { name: 'Actions for the post by Joon Park' }))
  await user.click(screen.getByRole('menuitem', { name: 'Report post' }))
  const dialog = screen.getByRole('dialog', { name: 'Report post' })
  await user.selectOptions(within(dialog).getByLabelText('What is wrong?'), 'harassment')
  await user.type(within(dialog).getByLabelText('What should the moderators know?'), 'again')
  await user.click(within(dialog).getByRole('button', { name: 'Send report' }))
  expect(await screen.findByText('Thank you. The moderators will look at it.')).toBeInTheDocument()
  expect(reports).toEqual([{ post_id: '70', reason: 'harassment', text: 'again' }])
})

test('a post that is not for the reader is not there', async () => {
  open('/x/71', <PostPage />, 'ko')
  expect(await screen.findByRole('heading', { name: '글을 찾을 수 없습니다' })).toBeInTheDocument()
})
