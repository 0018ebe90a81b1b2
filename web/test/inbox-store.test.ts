import type { InboxItem, InboxPage } from '@madang/client'
import { describe, expect, test } from 'vitest'
import { emptyInbox, newer, withChange, withPage, withRead } from '../src/inbox/inbox-state'
import { InboxStore } from '../src/inbox/inbox-store'
import { leadOf, targetOf } from '../src/inbox/link'

const item = (id: string, more: Partial<InboxItem> = {}): InboxItem =>
  ({ id, notification_id: `1${id}`, category: 'message', title: `title ${id}`, body: '', data: {}, read: false, created_at: '2026-11-22T00:00:00Z', ...more })
const page = (items: InboxItem[], version = 1, next: string | null = null): InboxPage => ({ items, next, prev: null, badge: { count: items.length, version } })

describe('the inbox', () => {
  test('never takes an older badge for a newer one', () => {
    expect(newer({ count: 3, version: 9 }, { count: 0, version: 8 })).toEqual({ count: 3, version: 9 })
    expect(newer({ count: 3, version: 9 }, { count: 0, version: 9 })).toEqual({ count: 0, version: 9 })
  })

  test('shows a new item first, and instead of an older one with the same key', () => {
    const read = withPage(emptyInbox, 'all', page([item('99', { collapse_key: 'room-5' }), item('98')]), false)
    const after = withChange(read, { id: '100', item: item('100', { collapse_key: 'room-5' }), badge: { count: 2, version: 2 } }, true)
    expect(after.lists.all.items.map(({ id }) => id)).toEqual(['100', '98'])
    expect(after.latest?.id).toBe('100')
    expect(after.badge).toEqual({ count: 2, version: 2 })
  })

  test('forgets what was taken out, and what was read of the unread', () => {
    let state = withPage(emptyInbox, 'all', page([item('3'), item('2'), item('1')]), false)
    state = withPage(state, 'unread', page([item('3'), item('2'), item('1')]), false)
    state = withRead(state, { up_to: '2', badge: { count: 1, version: 3 } })
    expect(state.lists.all.items.map(({ read }) => read)).toEqual([false, true, true])
    expect(state.lists.unread.items.map(({ id }) => id)).toEqual(['3'])
    state = withChange(state, { id: '3', deleted: true, badge: { count: 0, version: 4 } }, false)
    expect(state.lists.all.items.map(({ id }) => id)).toEqual(['2', '1'])
  })

  test('reads on after what is there, and marks up to the newest that is shown', async () => {
    const asked: unknown[] = []
    let told: (entry: never) => void = () => undefined
    const badges: unknown[] = []
    const api = {
      list: async (query: unknown) => {
        asked.push(query)
        return asked.length === 1 ? page([item('9'), item('8')], 1, 'more') : page([item('8'), item('7')], 1)
      },
      readUpTo: async (id: string) => (asked.push(id), { count: 0, version: 5 }),
      badge: async () => ({ count: 9, version: 0 }),
    }
    const realtime = { on: (name: string, listener: (value: never) => void) => (name === 'entry' && (told = listener), () => undefined) }
    const store = new InboxStore(api as never, realtime as never, (badge) => badges.push(badge))
    await store.read('all')
    await store.read('all', true)
    expect(store.snapshot().lists.all).toEqual({ items: [item('9'), item('8'), item('7')], next: null })
    told({ type: 'notification.created', data: { id: '10', item: item('10'), badge: { count: 4, version: 4 } } } as never)
    await store.readBadge()
    expect(store.snapshot().badge.count).toBe(4)
    await store.markAllRead()
    expect(asked).toEqual([{ unread: false, cursor: undefined, limit: 30 }, { unread: false, cursor: 'more', limit: 30 }, '10'])
    expect(store.snapshot().lists.all.items.every(({ read }) => read)).toBe(true)
    expect(badges.at(-1)).toEqual({ count: 0, version: 5 })
  })
})

test.each([
  ['/rooms/5', { to: '/rooms/5' }],
  ['https://madang.test/rooms/5?a=1#b', { to: '/rooms/5?a=1#b' }],
  ['https://madang.test/t/c/x', { href: 'https://madang.test/t/c/x' }],
  ['https://else.test/', { href: 'https://else.test/' }],
  ['//else.test/', {}],
  ['/\\else.test/', {}],
  ['javascript:alert(1)', {}],
  [undefined, {}],
])('a tap on %s leads to the right place', (url, target) => {
  expect(targetOf(url, 'https://madang.test')).toEqual(target)
})

test.each([
  [{ url: '/rooms/5', data: { post_id: '7' } }, { to: '/rooms/5' }],
  [{ data: { kind: 'comment', post_id: '7', item_id: '8' } }, { to: '/posts/8' }],
  [{ data: { kind: 'like', post_id: '7', user_ids: ['3'] } }, { to: '/posts/7' }],
  [{ data: { kind: 'follow', user_ids: ['3', '4'] } }, { to: '/people/3' }],
  [{ data: { post_id: '../settings', item_id: 7 } }, {}],
  [{ data: {} }, {}],
])('a notification %j leads to what it is about', (item, target) => {
  expect(leadOf(item)).toEqual(target)
})
