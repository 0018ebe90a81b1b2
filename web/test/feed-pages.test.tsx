import { list, routes } from './server'
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { BookmarksPage } from '../src/feed/BookmarksPage'
import { DraftsPage } from '../src/feed/DraftsPage'
import { PostComposer } from '../src/feed/PostComposer'
import { HomePage } from '../src/feed/HomePage'
import { SourcesPage } from '../src/feed/SourcesPage'
import { SearchPage } from '../src/search/SearchPage'
import { FeedAddress } from '../src/settings/FeedAddress'
import { Moving } from '../src/settings/Moving'
import { open } from './screen'

const draft = (more: object = {}) => ({ id: '50', text: 'Next week', audience: 'friends', created_at: '2026-11-22T00:00:00Z', updated_at: '2026-11-22T00:00:00Z', ...more })

beforeEach(() => {
  routes.clear()
  vi.stubGlobal('IntersectionObserver', class { observe() {} disconnect() {} })
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) { this.open = true }
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) { this.open = false }
  routes.set('GET /v1/lists', () => list([]))
  for (const kind of ['friends', 'follows', 'mutes', 'blocks']) routes.set(`GET /v1/${kind}`, () => list([]))
})

test('a post is kept for a time that lies ahead', async () => {
  const kept: Record<string, unknown>[] = []
  routes.set('POST /v1/me/drafts', (body) => { kept.push(body as Record<string, unknown>); return draft() })
  const user = userEvent.setup()
  open('/x', <PostComposer />)
  await user.type(await screen.findByRole('textbox', { name: 'Text of the post' }), 'Next week')
  await user.click(screen.getByRole('button', { name: 'Publish later' }))
  await user.click(screen.getByRole('menuitem', { name: 'Publish at a time' }))
  const dialog = screen.getByRole('dialog', { name: 'Publish at a time' })
  const when = within(dialog).getByLabelText('When')
  fireEvent.change(when, { target: { value: '2020-01-01T09:00' } })
  await user.click(within(dialog).getByRole('button', { name: 'Publish at a time' }))
  expect(within(dialog).getByText('Choose a time that lies ahead.')).toBeInTheDocument()
  const year = new Date().getFullYear() + 1
  fireEvent.change(when, { target: { value: `${year}-01-01T09:00` } })
  await user.click(within(dialog).getByRole('button', { name: 'Publish at a time' }))
  await waitFor(() => expect(kept).toEqual([{ text: 'Next week', audience: 'public', publish_at: new Date(year, 0, 1, 9).toISOString() }]))
  await waitFor(() => expect(screen.getByRole('textbox', { name: 'Text of the post' })).toHaveValue(''))
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
})

test('a draft that could not be published says why, and is published by hand', async () => {
  let drafts = [draft({ refused: 'rate_limited' })]
  routes.set('GET /v1/me/drafts', () => list(drafts))
  routes.set('POST /v1/me/drafts/50/publish', () => {
    drafts = []
    return { id: '70', author_id: '1', text: 'Next week', audience: 'friends', version: 1, created_at: '2026-11-22T00:00:00Z', counts: { comments: 0, likes: 0, shares: 0 }, viewer: { liked: false, bookmarked: false, shared: false } }
  })
  const user = userEvent.setup()
  open('/x', <DraftsPage />)
  expect(await screen.findByText(/Too fast\. Wait a moment and try again\./)).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Publish now' }))
  expect(await screen.findByRole('heading', { name: 'No drafts' })).toBeInTheDocument()
})

test('a website is added and followed; what is wrong with it stands at its field', async () => {
  const asked: unknown[] = []
  routes.set('GET /v1/sources', () => list([]))
  routes.set('POST /v1/sources', (body) => {
    asked.push(body)
    return asked.length === 1 ? Response.json({ code: 'source_empty' }, { status: 422 }) : { id: '9', url: 'https://a.org/feed', kind: 'feed', user_id: '9', created_at: '2026-11-22T00:00:00Z' }
  })
  let followed = false
  routes.set('PUT /v1/follows/9', () => { followed = true; return {} })
  const user = userEvent.setup()
  open('/x', <SourcesPage />)
  const field = await screen.findByLabelText('Address of a feed or page')
  await user.type(field, 'a.org')
  await user.click(screen.getByRole('button', { name: 'Add and follow' }))
  await waitFor(() => expect(field).toHaveAccessibleDescription('There is neither a feed nor a page at this address.'))
  await user.click(screen.getByRole('button', { name: 'Add and follow' }))
  expect(await screen.findByText('You follow it now')).toBeInTheDocument()
  expect(asked).toEqual([{ url: 'https://a.org' }, { url: 'https://a.org' }])
  expect(followed).toBe(true)
  expect(field).toHaveValue('')
})

test('a website that does not answer says why, and when it is looked at again', async () => {
  const source = { id: '9', url: 'https://a.org/feed', kind: 'feed', user_id: '9', created_at: '2026-11-22T00:00:00Z' }
  routes.set('GET /v1/sources', () => list([
    { ...source, last_visit: { ok: false, status: 503, at: '2026-11-22T01:00:00Z', next_at: '2026-11-22T02:00:00Z' } },
    { ...source, id: '10', user_id: '10', last_visit: { ok: false, code: 'no_such_host', at: '2026-11-22T01:00:00Z' } },
    { ...source, id: '11', user_id: '11', last_visit: { ok: true, status: 200, at: '2026-11-22T01:00:00Z' } },
  ]))
  open('/x', <SourcesPage />)
  const [first, second, third] = await screen.findAllByRole('listitem')
  expect(first).toHaveTextContent(/The site answered 503 \(.+\) · next look /)
  expect(second).toHaveTextContent(/No such host \([^·]+\)Follow/)
  expect(third).not.toHaveTextContent('(')
})

test('a file of follows is taken over, and what was not is told', async () => {
  routes.set('POST /v1/follows/import', () => ({ rows: 2, taken: 1, not_taken: 1, refused: [{ line: 3, address: 'nobody@a.org', code: 'unknown_name' }] }))
  const user = userEvent.setup()
  open('/x', <Moving />)
  const file = new File(['Account address\nmina@a.org\nnobody@a.org\n'], 'follows.csv', { type: 'text/csv' })
  file.text ??= () => Promise.resolve('Account address\nmina@a.org\nnobody@a.org\n')
  await user.upload(await screen.findByLabelText('Take over from a file: Whom I follow'), file)
  expect(await screen.findByText('1 of 2 rows were taken over.')).toBeInTheDocument()
  expect(screen.getByText(/nobody of this name is here/)).toHaveTextContent('Line 3: nobody@a.org: nobody of this name is here')
  expect(screen.getByRole('link', { name: 'Save as a file: Whom I follow' })).toHaveAttribute('href', '/v1/follows/export')
})

test('no bookmarks yet', async () => {
  routes.set('GET /v1/me/bookmarks', () => list([]))
  open('/x', <BookmarksPage />, 'ko')
  expect(await screen.findByRole('heading', { name: '아직 북마크가 없습니다' })).toBeInTheDocument()
})

const post = (id: string, text: string) => ({ id, author_id: '2', text, audience: 'public', version: 1, created_at: '2026-11-22T03:00:00Z', counts: { comments: 0, likes: 0, shares: 0 }, viewer: { liked: false, bookmarked: false, shared: false } })

test('posts are found by their words', async () => {
  const asked: string[] = []
  routes.set('GET /v1/search/posts', (_, query) => { asked.push(query.toString()); return list([post('70', 'Under the pine')]) })
  const user = userEvent.setup()
  open('/x', <SearchPage />)
  await user.click(await screen.findByRole('button', { name: 'Posts' }))
  await user.type(screen.getByRole('searchbox'), 'pine{Enter}')
  expect(await screen.findByText('Under the pine')).toBeInTheDocument()
  expect(asked).toEqual(['q=pine&limit=20'])
  expect(screen.queryByLabelText('Language')).not.toBeInTheDocument()
})

test('subscriptions of another feed reader are taken over, and what was not is told', async () => {
  routes.set('GET /v1/sources', () => list([]))
  routes.set('POST /v1/sources/import', () => ({ rows: 3, taken: 1, not_taken: 2, duplicates: 0, items: [
    { row: 1, url: 'https://a.org/feed', outcome: 'created' }, { row: 2, url: 'https://b.org/feed', outcome: 'refused', code: 'source_empty' }, { row: 3, url: 'https://c.org/feed', outcome: 'refused', code: 'not_tried' },
  ] }))
  const user = userEvent.setup()
  open('/x', <SourcesPage />)
  const file = new File(['<opml/>'], 'feeds.opml', { type: 'text/x-opml' })
  file.text ??= () => Promise.resolve('<opml/>')
  await user.upload(await screen.findByLabelText('Take over subscriptions (OPML)', { selector: 'input' }), file)
  expect(await screen.findByText('1 of 3 websites were taken over.')).toBeInTheDocument()
  expect(screen.getByText(/There is neither a feed nor a page/)).toHaveTextContent('https://b.org/feed')
  expect(screen.getByText(/take the same file over again/)).toHaveTextContent('https://c.org/feed')
})

test('the secret address of the feed is shown once, and taken away after a question', async () => {
  let since: string | undefined
  routes.set('GET /v1/me/feed-token', () => (since === undefined ? undefined : { created_at: since }))
  routes.set('POST /v1/me/feed-token', () => ({ created_at: (since = '2026-11-22T03:00:00Z'), token: 'x', atom_url: 'https://a.org/v1/f/x/home.atom', json_url: 'https://a.org/v1/f/x/home.json' }))
  routes.set('DELETE /v1/me/feed-token', () => { since = undefined; return new Response(null, { status: 204 }) })
  const user = userEvent.setup()
  open('/x', <FeedAddress />)
  await user.click(await screen.findByRole('button', { name: 'Make an address' }))
  expect(await screen.findByDisplayValue('https://a.org/v1/f/x/home.atom')).toBeInTheDocument()
  await user.click(await screen.findByRole('button', { name: 'Take the address away' }))
  await user.click(within(screen.getByRole('alertdialog')).getByRole('button', { name: 'Take the address away' }))
  expect(await screen.findByRole('button', { name: 'Make an address' })).toBeInTheDocument()
  expect(screen.queryByDisplayValue('https://a.org/v1/f/x/home.atom')).not.toBeInTheDocument()
})

test('an order that the server no longer keeps is read anew', async () => {
  const asked: string[] = []
  let kept = true
  routes.set('GET /v1/feed', (_, query) => {
    asked.push(query.toString())
    if (query.get('ranker') === null) return { ...list([]), prev: 'p' }
    if (query.get('cursor') === null) return { ...list([post('70', kept ? 'first order' : 'second order')]), next: kept ? 'c' : null }
    kept = false
    return Response.json({ code: 'snapshot_gone' }, { status: 410 })
  })
  const user = userEvent.setup()
  open('/x', <HomePage />)
  await user.click(await screen.findByRole('button', { name: 'For you' }))
  expect(await screen.findByText('first order')).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Show more' }))
  expect(await screen.findByText('second order')).toBeInTheDocument()
  expect(screen.queryByText('first order')).not.toBeInTheDocument()
  expect(asked.slice(1)).toEqual(['limit=20&ranker=scored', 'cursor=c&limit=20&ranker=scored', 'limit=20&ranker=scored'])
})
