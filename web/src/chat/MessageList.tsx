import type { Room } from '@madang/client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, Hand } from 'lucide-react'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useMe } from '../app/session'
import { useToasts } from '../app/toasts'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Spinner } from '../ui/Spinner'
import { MessageRow } from './MessageRow'
import { buildRows, type Row } from './rows'
import { useChatStore, useConversation } from './use-chat'
import { useReading } from './use-reading'

const END_PX = 80
const NEAR_START_ROWS = 6
/** After a page that could not be read. */
const PAUSE_MS = 5_000

/** Only what is in view is in the page; it follows new messages at the end, and stays where it is otherwise. */
export function MessageList({ room }: { room: Room }) {
  const { t } = useI18n()
  const me = useMe()
  const store = useChatStore()
  const toasts = useToasts()
  const conversation = useConversation(room.id)
  const scroller = useRef<HTMLDivElement>(null)
  const [newAfter] = useState(() => (room.unread > 0 ? room.read_seq : undefined))
  const [atEnd, setAtEnd] = useState(true)
  const [loadingOlder, setLoadingOlder] = useState(false)
  const [pausedOlder, setPausedOlder] = useState(false)
  const rows = useMemo(() => buildRows(conversation, me.id, newAfter), [conversation, me.id, newAfter])
  const loaded = conversation.older !== undefined

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(rows[index]),
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: END_PX,
    overscan: 8,
    onChange: (list) => setAtEnd(list.isAtEnd(END_PX)),
    paddingStart: 16,
    paddingEnd: 12,
  })
  const items = virtualizer.getVirtualItems()
  const firstShown = items[0]?.index ?? 0

  useLayoutEffect(() => {
    if (loaded) virtualizer.scrollToEnd()
  }, [loaded, virtualizer])

  // What one sends oneself is always shown.
  const newestOwn = conversation.pending.at(-1)?.client_id
  useLayoutEffect(() => {
    if (newestOwn) virtualizer.scrollToEnd()
  }, [newestOwn, virtualizer])

  useEffect(() => {
    if (!conversation.older || loadingOlder || pausedOlder || firstShown > NEAR_START_ROWS) return
    const failed = (error: unknown) => {
      toasts.error(error)
      setPausedOlder(true)
      setTimeout(() => setPausedOlder(false), PAUSE_MS)
    }
    setLoadingOlder(true)
    store.loadOlder(room.id).catch(failed).finally(() => setLoadingOlder(false))
  }, [conversation.older, firstShown, loadingOlder, pausedOlder, room.id, store, toasts])

  const missed = useReading(room, atEnd && loaded)

  if (!loaded) return <div className="log-frame"><Spinner /></div>
  if (rows.every((row) => row.kind === 'start')) {
    return (
      <div className="log-frame">
        <div className="log" role="log" aria-label={t('room.messages')}>
          <Empty icon={<Hand size={30} />} title={t('room.empty')} hint={t('room.emptyHint')} />
        </div>
      </div>
    )
  }
  return (
    <div className="log-frame">
      {/* The keyboard scrolls it, so it takes the focus. New messages are read out only at the end: what comes into view by scrolling is not news. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scroller} className="log" role="log" tabIndex={0} aria-label={t('room.messages')} aria-live={atEnd && !loadingOlder ? 'polite' : 'off'}>
        {loadingOlder && <div className="log-older"><Spinner label={t('room.loadingOlder')} /></div>}
        <div className="log-inner">
          <div className="log-sizer" style={{ height: virtualizer.getTotalSize() }}>
            {items.map((item) => (
              <div key={item.key} ref={virtualizer.measureElement} data-index={item.index} className="log-row" style={{ transform: `translateY(${item.start}px)` }}>
                {rows[item.index] && <MessageRow row={rows[item.index] as Row} room={room} />}
              </div>
            ))}
          </div>
        </div>
      </div>
      {!atEnd && (
        <button type="button" className="jump" onClick={() => virtualizer.scrollToEnd({ behavior: 'auto' })}>
          <ArrowDown size={16} aria-hidden />
          {missed > 0 ? t('room.jumpNew', { count: missed }) : <span className="visually-hidden">{t('room.jumpEnd')}</span>}
        </button>
      )}
    </div>
  )
}

function estimate(row: Row | undefined): number {
  if (!row) return 40
  if (row.kind === 'message') return (row.first ? 34 : 0) + 44 + Math.floor(row.message.text.length / 45) * 22
  return row.kind === 'pending' ? 66 : 44
}
