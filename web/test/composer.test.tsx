import { createEvent, fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test, vi } from 'vitest'
import { ComposerBox } from '../src/chat/Composer'
import { overLimit, sendsOn, TEXT_MAX_BYTES } from '../src/chat/text'
import { I18nProvider } from '../src/i18n/i18n'

function show(onSend = vi.fn(), onType = vi.fn()) {
  render(<I18nProvider start="en"><ComposerBox onSend={onSend} onType={onType} /></I18nProvider>)
  return { onSend, onType, box: screen.getByRole('textbox', { name: 'Message' }) }
}

function press(box: HTMLElement, init: { isComposing?: boolean; keyCode?: number; shiftKey?: boolean }) {
  const event = createEvent.keyDown(box, { key: 'Enter', keyCode: 13, ...init })
  fireEvent(box, event)
  return event
}

describe('Enter', () => {
  test('sends the trimmed text once and empties the box', async () => {
    const { onSend, box } = show()
    await userEvent.type(box, '  hello {Enter}')
    expect(onSend.mock.calls).toEqual([['hello']])
    expect(box).toHaveValue('')
  })

  test('with Shift starts a new line', async () => {
    const { onSend, box } = show()
    await userEvent.type(box, 'one{Shift>}{Enter}{/Shift}two')
    expect(onSend).not.toHaveBeenCalled()
    expect(box).toHaveValue('one\ntwo')
  })

  test('while Hangul is composed belongs to the input method', () => {
    const { onSend, box } = show()
    fireEvent.change(box, { target: { value: '안녕하세요' } })
    expect(press(box, { isComposing: true }).defaultPrevented).toBe(false)
    expect(onSend).not.toHaveBeenCalled()
  })

  test('with keyCode 229 after compositionend (Safari) belongs to it as well', () => {
    const { onSend, box } = show()
    fireEvent.change(box, { target: { value: '안녕하세요' } })
    press(box, { isComposing: false, keyCode: 229 })
    expect(onSend).not.toHaveBeenCalled()
  })

  test('twice, as Chrome on macOS tells it, sends exactly once', () => {
    const { onSend, box } = show()
    fireEvent.change(box, { target: { value: '안녕하세요' } })
    press(box, { isComposing: true, keyCode: 229 })
    press(box, { isComposing: false, keyCode: 13 })
    press(box, { isComposing: false, keyCode: 13 })
    expect(onSend.mock.calls).toEqual([['안녕하세요']])
  })

  test('on nothing but spaces sends nothing', async () => {
    const { onSend, box } = show()
    await userEvent.type(box, '   {Enter}')
    expect(onSend).not.toHaveBeenCalled()
  })
})

describe('the text', () => {
  test('goes out composed (NFC)', () => {
    const { onSend, box } = show()
    fireEvent.change(box, { target: { value: '한글'.normalize('NFD') } })
    press(box, {})
    expect(onSend).toHaveBeenCalledWith('한글')
  })

  test('is counted in bytes, and too long a one is not sent but explained', () => {
    const { onSend, box } = show()
    fireEvent.change(box, { target: { value: '가'.repeat(5_462) } })
    press(box, {})
    expect(onSend).not.toHaveBeenCalled()
    expect(screen.getByRole('alert')).toHaveTextContent('Too long by 2 bytes')
    expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
  })

  test.each([['a'.repeat(TEXT_MAX_BYTES), 0], ['a'.repeat(TEXT_MAX_BYTES + 1), 1], ['', 0]])('limit', (text, over) => {
    expect(overLimit(text)).toBe(over)
  })

  test('typing is told, emptying is not', () => {
    const { onType, box } = show()
    fireEvent.change(box, { target: { value: 'a' } })
    fireEvent.change(box, { target: { value: '' } })
    expect(onType).toHaveBeenCalledTimes(1)
  })
})

test('other keys never send', () => {
  expect(sendsOn({ key: 'a', shiftKey: false, isComposing: false, keyCode: 65 })).toBe(false)
})
