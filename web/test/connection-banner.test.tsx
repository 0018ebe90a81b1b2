import type { RealtimeState } from '@madang/client'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConnectionBanner } from '../src/app/ConnectionBanner'
import { I18nProvider } from '../src/i18n/i18n'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const onReconnect = vi.fn()
const banner = (line: RealtimeState) => <I18nProvider start="en"><ConnectionBanner line={line} onReconnect={onReconnect} /></I18nProvider>
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms))
const status = () => screen.getByRole('status').textContent

test('a short break of the line is not shown', () => {
  const { rerender } = render(banner('online'))
  rerender(banner('waiting'))
  pass(1_900)
  rerender(banner('online'))
  pass(5_000)
  expect(status()).toBe('')
})

test('a longer one is shown until the line is back, which is said for a moment', () => {
  const { rerender } = render(banner('online'))
  rerender(banner('waiting'))
  pass(2_100)
  expect(status()).toContain('Reconnecting…')
  rerender(banner('connecting'))
  expect(status()).toContain('Reconnecting…')
  rerender(banner('online'))
  expect(status()).toContain('Connected again')
  pass(2_600)
  expect(status()).toBe('')
})

test('trying at once is offered', () => {
  const { rerender } = render(banner('online'))
  rerender(banner('waiting'))
  pass(2_100)
  fireEvent.click(screen.getByRole('button', { name: 'Reconnect now' }))
  expect(onReconnect).toHaveBeenCalledOnce()
})

test('without a network that is what it says', () => {
  render(banner('online'))
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  act(() => void window.dispatchEvent(new Event('offline')))
  pass(1_000)
  expect(status()).toContain('You are offline')
})

test('the first connecting says nothing while it is quick', () => {
  const { rerender } = render(banner('connecting'))
  pass(300)
  rerender(banner('online'))
  pass(3_000)
  expect(status()).toBe('')
})

test('tries that fail do not start the patience anew', () => {
  const { rerender } = render(banner('online'))
  for (const state of ['waiting', 'connecting', 'waiting', 'connecting'] as const) {
    rerender(banner(state))
    pass(600)
  }
  expect(status()).toContain('Reconnecting…')
})
