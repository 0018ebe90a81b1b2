import { renderHook } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { useNear } from '../src/ui/use-near'

test('an element that left and came back within one frame is near', () => {
  let tell: (seen: { isIntersecting: boolean }[]) => void = () => {}
  vi.stubGlobal('IntersectionObserver', class { constructor(told: typeof tell) { tell = told } observe() {} disconnect() {} })
  const near = vi.fn()
  renderHook(() => useNear({ current: document.createElement('button') }, true, near, 1))
  tell([{ isIntersecting: true }, { isIntersecting: false }])
  expect(near).not.toHaveBeenCalled()
  tell([{ isIntersecting: false }, { isIntersecting: true }])
  expect(near).toHaveBeenCalledOnce()
})
