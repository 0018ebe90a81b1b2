import { list, routes } from './server'
import type { FeedPage, Signal, User } from '@madang/client'
import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query'
import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { ChatStore } from '../src/chat/store'
import { initialState } from '../src/chat/state'
import { ChatProvider } from '../src/chat/use-chat'
import { HomePage } from '../src/feed/HomePage'
import { addPost, HOME, type HomePages, newestOf, withFilled, withNewer, withOwn } from '../src/feed/home'
import { useFeedSignals } from '../src/feed/live'
import { open } from './screen'

const post = (id: string, text = `post ${id}`) => ({
  id, author_id: '2', text, audience: 'public' as const, version: 1, created_at: '2026-11-22T03:00:00Z',
  counts: { comments: 0, likes: 0, shares: 0 }, viewer: { liked: false, bookmarked: false, shared: false },
})
const page = (ids: string[], more: Partial<FeedPage> = {}): FeedPage => ({ items: ids.map((id) => post(id)), next: null, prev: null, ...more })
const ids = ({ pages }: HomePages) => pages.map(({ items, gap }) => [...items.map(({ id }) => id), ...(gap === undefined ? [] : [gap])])

describe('the home feed', () => {
  const known: HomePages = { pages: [page(['5', '4'], { next: 'c' }), page(['3'])], pageParams: [undefined, 'c'] }

  test('takes what is new before it, each post once, with the gap that is left', () => {
    expect(ids(withNewer(known, page(['9', '8', '5'], { gap: 'g' })))).toEqual([['9', '8', '5', 'g'], ['4'], ['3']])
    expect(withNewer(known, page([]))).toBe(known)
  })

  test('closes a gap piece by piece', () => {
    const gaping = withNewer(known, page(['9'], { gap: 'g' }))
    const smaller = withFilled(gaping, 'g', page(['8'], { gap: 'h' }))
    expect(ids(smaller)).toEqual([['9'], ['8', 'h'], ['5', '4'], ['3']])
    const closed = withFilled(smaller, 'h', page(['7', '5']))
    expect(ids(closed)).toEqual([['9'], ['8'], ['7'], ['5', '4'], ['3']])
    expect(closed.pages.length).toBe(closed.pageParams.length)
    expect(withFilled(closed, 'h', page(['6']))).toBe(closed)
  })

  test('shows an own post at once, and once', () => {
    const mine = withOwn(withOwn(withOwn(known, post('6')), post('7')), post('6'))
    expect(ids(mine)).toEqual([['6', '7'], ['5', '4'], ['3']])
    expect(mine.pages.length).toBe(mine.pageParams.length)
  })

  test('keeps an own post that was written while a further page was on its way', async () => {
    const queries = new QueryClient()
    const further: ((page: FeedPage) => void)[] = []
    const feed = new InfiniteQueryObserver(queries, {
      queryKey: HOME,
      queryFn: ({ pageParam }) => (pageParam === undefined ? page(['5', '4'], { next: 'c' }) : new Promise<FeedPage>((resolve) => further.push(resolve))),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last: FeedPage) => last.next ?? undefined,
    })
    const leave = feed.subscribe(() => {})
    const shown = () => ids(queries.getQueryData<HomePages>(HOME) ?? { pages: [], pageParams: [] })
    await waitFor(() => expect(shown()).toEqual([['5', '4']]))
    void feed.fetchNextPage()
    await waitFor(() => expect(further).toHaveLength(1))
    addPost(queries, post('6'))
    further[0]?.(page(['3']))
    await waitFor(() => expect(shown()).toEqual([['6'], ['5', '4']]))
    void feed.fetchNextPage()
    await waitFor(() => expect(further).toHaveLength(2))
    further[1]?.(page(['3']))
    await waitFor(() => expect(shown()).toEqual([['6'], ['5', '4'], ['3']]))
    leave()
  })

  test('an own post hides nothing that others wrote before it', () => {
    const mine = withOwn(known, post('7'))
    expect(newestOf(mine)).toBe('5')
    expect(ids(withNewer(mine, page(['7', '6'])))).toEqual([['7', '6'], ['5', '4'], ['3']])
  })
})

type Hear = (signal: Signal) => void

function fakeLine() {
  const heard: Hear[] = []
  const realtime = { on: (name: string, listener: Hear) => { if (name === 'signal') heard.push(listener); return () => undefined } }
  const store = { realtime, start: () => undefined, stop: () => undefined, subscribe: () => () => undefined, snapshot: () => initialState, me: {} as User }
  return { store: store as unknown as ChatStore, tell: (signal: Signal) => act(() => heard.forEach((each) => each(signal))) }
}

/** As the frame of the app does it. */
function Home() {
  useFeedSignals()
  return <HomePage />
}

beforeEach(() => {
  routes.clear()
  vi.stubGlobal('IntersectionObserver', class { observe() {} disconnect() {} })
  Element.prototype.scrollTo ??= () => undefined
  routes.set('GET /v1/users/2', () => ({ id: '2', name: 'joon', display_name: 'Joon Park', role: 'user', created_at: '2026-11-22T00:00:00Z' }))
  routes.set('GET /v1/lists', () => list([]))
})

test('says how many posts are new, and shows them when asked to, with what lies between', async () => {
  const asked: string[] = []
  routes.set('GET /v1/feed', (_, query) => {
    asked.push(query.toString())
    if (query.get('since') !== null) return page(['9'], { gap: 'g' })
    return query.get('cursor') === 'g' ? page(['8']) : page(['5', '4'])
  })
  const { store, tell } = fakeLine()
  const user = userEvent.setup()
  open('/x', <ChatProvider store={store}><Home /></ChatProvider>)
  expect(await screen.findByText('post 5')).toBeInTheDocument()
  tell({ type: 'feed.new', data: { post_id: '8', author_id: '2' } })
  tell({ type: 'feed.new', data: { post_id: '9', author_id: '2' } })
  tell({ type: 'feed.new', data: { post_id: '9', author_id: '2' } })
  expect(screen.queryByText('post 9')).not.toBeInTheDocument()
  await user.click(await screen.findByRole('button', { name: '2 new posts' }))
  expect(await screen.findByText('post 9')).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Show the posts in between' }))
  expect(await screen.findByText('post 8')).toBeInTheDocument()
  const shown = within(screen.getByRole('list', { name: 'Feed' })).getAllByText(/^post \d$/).map((each) => each.textContent)
  expect(shown).toEqual(['post 9', 'post 8', 'post 5', 'post 4'])
  expect(screen.queryByRole('button', { name: /new post/ })).not.toBeInTheDocument()
  expect(asked).toEqual(['limit=20', 'since=5&limit=20', 'cursor=g&limit=20'])
})

test('what is gone leaves the page', async () => {
  routes.set('GET /v1/feed', () => page(['5', '4']))
  const { store, tell } = fakeLine()
  open('/x', <ChatProvider store={store}><Home /></ChatProvider>, 'ko')
  expect(await screen.findByText('post 5')).toBeInTheDocument()
  tell({ type: 'feed.gone', data: { post_id: '5' } })
  await waitFor(() => expect(screen.queryByText('post 5')).not.toBeInTheDocument())
  expect(screen.getByText('post 4')).toBeInTheDocument()
})

test('an empty feed leads to people', async () => {
  routes.set('GET /v1/feed', () => page([]))
  open('/x', <ChatProvider store={fakeLine().store}><Home /></ChatProvider>)
  expect(await screen.findByRole('link', { name: 'Find people' })).toHaveAttribute('href', '/people')
})

test('what was written on another device appears by itself, and what changed is read again', async () => {
  let text = 'mine'
  routes.set('GET /v1/feed', () => page(['5']))
  routes.set('GET /v1/posts/9', () => ({ ...post('9', text), author_id: '1' }))
  const { store, tell } = fakeLine()
  open('/x', <ChatProvider store={store}><Home /></ChatProvider>)
  await screen.findByText('post 5')
  tell({ type: 'feed.new', data: { post_id: '9', author_id: '1' } })
  expect(await screen.findByText('mine')).toBeInTheDocument()
  text = 'mended'
  tell({ type: 'feed.changed', data: { post_id: '9', version: 2 } })
  expect(await screen.findByText('mended')).toBeInTheDocument()
  expect(screen.queryByText('mine')).not.toBeInTheDocument()
})

test('a share without words is gone with what it passes on', async () => {
  routes.set('GET /v1/feed', () => ({ ...page([]), items: [{ ...post('6', ''), share_of: '4', shared: post('4') }, { ...post('5', 'my words'), share_of: '4', shared: post('4') }] }))
  const { store, tell } = fakeLine()
  open('/x', <ChatProvider store={store}><Home /></ChatProvider>)
  expect(await screen.findAllByText('post 4')).toHaveLength(2)
  tell({ type: 'feed.gone', data: { post_id: '4' } })
  expect(await screen.findByText('The shared post is not available.')).toBeInTheDocument()
  expect(screen.queryByText('post 4')).not.toBeInTheDocument()
  expect(screen.getByText('my words')).toBeInTheDocument()
  expect(screen.getAllByRole('article')).toHaveLength(1)
})
