import type { Id } from '@madang/client'
import { SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useI18n } from '../i18n/i18n'
import { drafts } from './drafts'
import { overLimit, sendsOn, textToSend } from './text'
import { useChatStore } from './use-chat'

export function Composer({ room }: { room: Id }) {
  const store = useChatStore()
  return <ComposerBox start={drafts.get(room)} onSend={(text) => store.send(room, text)} onType={() => store.type(room)} onChange={(text) => drafts.set(room, text)} />
}

interface ComposerBoxProps {
  start?: string
  onSend: (text: string) => void
  onType?: () => void
  onChange?: (text: string) => void
}

export function ComposerBox({ start = '', onSend, onType, onChange }: ComposerBoxProps) {
  const { t } = useI18n()
  const hint = useId()
  const box = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(start)
  const over = overLimit(text)
  const ready = textToSend(text) !== '' && over === 0

  useLayoutEffect(() => fitHeight(box.current), [text])
  useEffect(() => {
    if (window.matchMedia?.('(pointer: fine)').matches) box.current?.focus()
  }, [])

  const change = (next: string) => {
    setText(next)
    onChange?.(next)
    if (next !== '') onType?.()
  }
  const send = () => {
    if (!ready) return
    onSend(textToSend(text))
    setText('')
    onChange?.('')
    box.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!sendsOn(event.nativeEvent)) return
    event.preventDefault()
    send()
  }
  return (
    <form className="composer" onSubmit={(event) => { event.preventDefault(); send() }}>
      {over > 0 && <p className="composer-error" role="alert">{t('composer.tooLong', { bytes: over.toLocaleString() })}</p>}
      <div className="composer-box">
        <textarea ref={box} rows={1} value={text} aria-label={t('composer.label')} aria-describedby={hint} aria-invalid={over > 0 || undefined}
          placeholder={t('composer.placeholder')} enterKeyHint="send" onChange={(event) => change(event.target.value)} onKeyDown={onKeyDown} />
        <button type="submit" className="send-button" aria-label={t('composer.send')} disabled={!ready}>
          <SendHorizontal size={20} aria-hidden />
        </button>
      </div>
      <p id={hint} className="composer-hint">{t('composer.hint')}</p>
    </form>
  )
}

function fitHeight(box: HTMLTextAreaElement | null): void {
  if (!box) return
  box.style.height = 'auto'
  box.style.height = `${box.scrollHeight}px`
}
