import { list, routes } from './server'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { PostPage } from '../src/feed/PostPage'
import { open } from './screen'

const post = (more: object = {}) => ({
  id: '70', author_id: '2', text: 'Under the pine', audience: 'public', version: 3, created_at: '2026-11-22T03:00:00Z',
  counts: { comments: 1, likes: 4, shares: 0 }, viewer: { liked: false, bookmarked: false, shared: false }, ...more,
})
const comment = (id: string, text: string, more: object = {}) => post({ id, text, audience: undefined, root_id: '70', parent_id: '70', counts: { comments: 0, likes: 0, shares: 0 }, ...more })
const busy = () => Response.json({ code: 'overloaded' }, { status: 503 })

beforeEach(() => {
  routes.clear()
  vi.stubGlobal('IntersectionObserver', class { observe() {} disconnect() {} })
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) { this.open = true }
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) { this.open = false }
  routes.set('GET /v1/users/2', () => ({ id: '2', name: 'joon', display_name: 'Joon Park', role: 'user', created_at: '2026-11-22T00:00:00Z' }))
  routes.set('GET /v1/lists', () => list([]))
  for (const kind of ['friends', 'follows', 'mutes', 'blocks']) routes.set(`GET /v1/${kind}`, () => list([]))
  routes.set('GET /v1/posts/70', () => post())
  routes.set('GET /v1/posts/70/comments', () => list([comment('71', 'How tall is it?')]))
})

const show = async () => {
  const view = open('/x/70', <PostPage />)
  await screen.findByText('How tall is it?')
  return { view, user: userEvent.setup(), main: screen.getAllByRole('article')[0] as HTMLElement }
}

test('a like shows at once, and is taken back when the server refuses it', async () => {
  let answer = (): unknown => busy()
  routes.set('PUT /v1/posts/70/like', () => answer())
  const { user, main } = await show()
  await user.click(within(main).getByRole('button', { name: 'Like, 4 so far' }))
  expect(await screen.findByText('The server is busy. Try again in a moment.')).toBeInTheDocument()
  expect(within(main).getByRole('button', { name: 'Like, 4 so far' })).toHaveAttribute('aria-pressed', 'false')
  answer = () => new Response(null, { status: 204 })
  await user.click(within(main).getByRole('button', { name: 'Like, 4 so far' }))
  expect(within(main).getByRole('button', { name: 'Like, 5 so far' })).toHaveAttribute('aria-pressed', 'true')
})

test('a reaction is chosen from a menu and left by its chip', async () => {
  const sent: string[] = []
  for (const method of ['PUT', 'DELETE']) routes.set(`${method} /v1/posts/70/reactions/wow`, () => { sent.push(method); return new Response(null, { status: 204 }) })
  const { user, main } = await show()
  await user.click(within(main).getByRole('button', { name: 'React' }))
  await user.click(screen.getByRole('menuitem', { name: 'Wow' }))
  const chip = await within(main).findByRole('button', { name: 'Wow, 1' })
  expect(chip).toHaveAttribute('aria-pressed', 'true')
  await waitFor(() => expect(sent).toEqual(['PUT']))
  await user.click(chip)
  await waitFor(() => expect(within(main).queryByRole('button', { name: /Wow/ })).not.toBeInTheDocument())
  await waitFor(() => expect(sent).toEqual(['PUT', 'DELETE']))
})

test('a share can be taken back from its notice', async () => {
  let gone = 0
  routes.set('POST /v1/posts/70/share', () => post({ id: '80', author_id: '1', text: '', share_of: '70', shared: post() }))
  routes.set('DELETE /v1/posts/70/share', () => { gone++; return new Response(null, { status: 204 }) })
  const { user, main } = await show()
  await user.click(within(main).getByRole('button', { name: 'Share, 0 so far' }))
  await user.click(screen.getByRole('menuitem', { name: 'Share' }))
  expect(await within(main).findByRole('button', { name: 'Shared by you, 1 in all' })).toBeInTheDocument()
  await user.click(await screen.findByRole('button', { name: 'Undo' }))
  expect(await within(main).findByRole('button', { name: 'Share, 0 so far' })).toBeInTheDocument()
  expect(gone).toBe(1)
})

test('a share that lies far back is taken back', async () => {
  routes.set('GET /v1/posts/70', () => post({ viewer: { liked: false, bookmarked: false, shared: true }, counts: { comments: 0, likes: 0, shares: 3 } }))
  let gone = 0
  routes.set('DELETE /v1/posts/70/share', () => { gone++; return new Response(null, { status: 204 }) })
  const { user, main } = await show()
  await user.click(within(main).getByRole('button', { name: 'Shared by you, 3 in all' }))
  await user.click(screen.getByRole('menuitem', { name: 'Take the share back' }))
  expect(await within(main).findByRole('button', { name: 'Share, 2 so far' })).toBeInTheDocument()
  expect(gone).toBe(1)
})

test('a comment that did not arrive goes out again under the same client id, and stands last', async () => {
  const ids: string[] = []
  routes.set('POST /v1/posts/70/comments', (body) => {
    const { client_id, text } = body as { client_id: string; text: string }
    ids.push(client_id)
    return ids.length === 1 ? busy() : comment('72', text, { author_id: '1' })
  })
  const { user, main } = await show()
  const box = screen.getByRole('textbox', { name: 'Write a comment' })
  await user.type(box, 'Four metres')
  await user.click(screen.getByRole('button', { name: 'Comment' }))
  expect(await screen.findByText('The server is busy. Try again in a moment.')).toBeInTheDocument()
  expect(box).toHaveValue('Four metres')
  await user.click(screen.getByRole('button', { name: 'Comment' }))
  await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(3))
  expect(screen.getAllByRole('article')[2]).toHaveTextContent('Four metres')
  expect(within(main).getByRole('link', { name: '2 comments' })).toBeInTheDocument()
  expect(box).toHaveValue('')
  expect(new Set(ids).size).toBe(1)
})

test('answers stand under what they answer', async () => {
  routes.set('GET /v1/posts/70/comments', () => list([comment('71', 'How tall is it?', { counts: { comments: 1, likes: 0, shares: 0 } })]))
  routes.set('GET /v1/posts/71/comments', () => list([comment('73', 'Tall enough', { parent_id: '71' })]))
  routes.set('POST /v1/posts/71/comments', (body) => comment('74', (body as { text: string }).text, { author_id: '1', parent_id: '71' }))
  const { user } = await show()
  await user.click(screen.getByRole('button', { name: 'Show 1 answer' }))
  expect(await screen.findByText('Tall enough')).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Answer, 1 so far' }))
  const box = screen.getByRole('textbox', { name: 'Write an answer' })
  expect(box).toHaveFocus()
  await user.type(box, 'As a house')
  await user.keyboard('{Control>}{Enter}{/Control}')
  expect(await screen.findByText('As a house')).toBeInTheDocument()
  expect(screen.queryByRole('textbox', { name: 'Write an answer' })).not.toBeInTheDocument()
})

test('what another window changed meanwhile is shown, and what was typed is kept', async () => {
  routes.set('GET /v1/posts/70', () => post({ author_id: '1' }))
  const { user, main } = await show()
  const changes: unknown[] = []
  routes.set('PATCH /v1/posts/70', (body) => { changes.push(body); return Response.json({ code: 'version_conflict' }, { status: 409 }) })
  routes.set('GET /v1/posts/70', () => post({ author_id: '1', text: 'Under the oak', version: 4 }))
  await user.click(within(main).getByRole('button', { name: 'Actions for the post by Mina' }))
  await user.click(screen.getByRole('menuitem', { name: 'Edit' }))
  const box = within(screen.getByRole('dialog', { name: 'Edit' })).getByRole('textbox')
  await user.type(box, ' today')
  await user.click(screen.getByRole('button', { name: 'Save' }))
  expect(await within(main).findByText('Under the oak')).toBeInTheDocument()
  expect(screen.getByRole('dialog', { name: 'Edit' })).toBeInTheDocument()
  expect(box).toHaveValue('Under the pine today')
  routes.set('PATCH /v1/posts/70', (body) => { changes.push(body); return post({ author_id: '1', text: 'Under the pine today', version: 5, edited_at: '2026-11-22T04:00:00Z' }) })
  await user.click(screen.getByRole('button', { name: 'Save' }))
  expect(await within(main).findByRole('button', { name: 'edited' })).toBeInTheDocument()
  expect(changes).toEqual([{ text: 'Under the pine today', version: 3 }, { text: 'Under the pine today', version: 4 }])
})

test('what was said before can be looked at', async () => {
  routes.set('GET /v1/posts/70', () => post({ edited_at: '2026-11-22T04:00:00Z' }))
  routes.set('GET /v1/posts/70/versions', () => list([{ version: 2, text: 'Under the pine' }, { version: 1, text: 'Under the tree', ended_at: '2026-11-22T04:00:00Z' }]))
  const { user, main } = await show()
  await user.click(within(main).getByRole('button', { name: 'edited' }))
  expect(await screen.findByText('Under the tree')).toBeInTheDocument()
})

test('one’s own post is deleted after a question', async () => {
  let deleted = false
  routes.set('GET /v1/posts/70', () => (deleted ? undefined : post({ author_id: '1' })))
  routes.set('DELETE /v1/posts/70', () => { deleted = true; return new Response(null, { status: 204 }) })
  const { user, main } = await show()
  await user.click(within(main).getByRole('button', { name: 'Actions for the post by Mina' }))
  await user.click(screen.getByRole('menuitem', { name: 'Delete' }))
  await user.click(within(screen.getByRole('alertdialog')).getByRole('button', { name: 'Delete' }))
  expect(await screen.findByRole('heading', { name: 'This post is not here' })).toBeInTheDocument()
})

test('says why a post is in the feed', async () => {
  routes.set('GET /v1/feed/explain', (_, query) => ({ post_id: query.get('post_id'), user_id: '1', in_feed: true, by: ['followee', 'brand_new'], without: [], place: 'ring', rankings: [{ ranker: 'scored', score: 1.25, factors: [{ name: 'recency', value: 1, weight: 1, points: 1.5 }, { name: 'repeat', value: 1, weight: -0.25, points: -0.25 }] }] }))
  const { user, main } = await show()
  await user.click(within(main).getByRole('button', { name: 'Actions for the post by Joon Park' }))
  await user.click(screen.getByRole('menuitem', { name: 'Why do I see this?' }))
  const dialog = screen.getByRole('dialog', { name: 'Why this post is in your feed' })
  expect(await within(dialog).findByText('You follow who posted it.')).toBeInTheDocument()
  expect(within(dialog).getByText('brand new')).toBeInTheDocument()
  expect(within(dialog).getByText('How new it is').parentElement).toHaveTextContent('+1.5')
})

test('somebody is muted for a while', async () => {
  const sent: unknown[] = []
  routes.set('PUT /v1/mutes/2', (body) => { sent.push(body); return {} })
  const { user, main } = await show()
  await user.click(within(main).getByRole('button', { name: 'Actions for the post by Joon Park' }))
  await user.click(screen.getByRole('menuitem', { name: 'Mute…' }))
  const before = Date.now()
  await user.click(within(screen.getByRole('dialog', { name: 'Mute Joon Park' })).getByRole('button', { name: '8 hours' }))
  await waitFor(() => expect(sent).toHaveLength(1))
  const ends = Date.parse((sent[0] as { expires_at: string }).expires_at)
  expect(ends - before).toBeGreaterThanOrEqual(8 * 3_600_000)
  expect(ends - before).toBeLessThan(8 * 3_600_000 + 60_000)
})

test('a comment that is written while the thread is on its way stands there', async () => {
  let stands: object[] = []
  let come: (answer: unknown) => void = () => {}
  let asked = 0
  routes.set('GET /v1/posts/70/comments', () => (asked++ === 0 ? new Promise((resolve) => (come = resolve)) : list(stands)))
  routes.set('POST /v1/posts/70/comments', () => (stands = [comment('72', 'Quite tall.')])[0])
  open('/x/70', <PostPage />)
  const user = userEvent.setup()
  await user.type(await screen.findByRole('textbox', { name: 'Write a comment' }), 'Quite tall.')
  await user.keyboard('{Control>}{Enter}{/Control}')
  await waitFor(() => expect(stands).toHaveLength(1))
  come(list([]))
  expect(await within(screen.getByRole('region', { name: 'Comments' })).findByText('Quite tall.')).toBeInTheDocument()
})
