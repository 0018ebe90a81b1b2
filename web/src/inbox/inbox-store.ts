import type { Entry, Id, KnownEntry, MadangApi, RealtimeClient } from '@madang/client'
import { isKnownEntry } from '@madang/client'
import { emptyInbox, type Filter, type InboxState, newer, withChange, withPage, withRead } from './inbox-state'

const PAGE = 30

/** The in-app inbox, kept true by the line that the chat holds open. */
export class InboxStore {
  private state: InboxState = emptyInbox
  private readonly watchers = new Set<() => void>()

  constructor(
    private readonly api: MadangApi['inbox'],
    realtime: Pick<RealtimeClient, 'on'>,
    /** Told of every newer badge, so that the device shows it too. */
    private readonly badgeChanged: (badge: InboxState['badge']) => void = () => undefined,
  ) {
    realtime.on('reset', () => void this.reload())
    realtime.on('entry', (entry) => this.apply(entry))
  }

  readonly subscribe = (watcher: () => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }
  readonly snapshot = () => this.state

  /** Reads the first page, or the one after what is there. */
  async read(filter: Filter, goesOn = false): Promise<void> {
    const cursor = goesOn ? (this.state.lists[filter].next ?? undefined) : undefined
    const page = await this.api.list({ unread: filter === 'unread', cursor, limit: PAGE })
    this.set(withPage(this.state, filter, page, goesOn))
  }

  async readBadge(): Promise<void> {
    const badge = await this.api.badge()
    this.set({ ...this.state, badge: newer(this.state.badge, badge) })
  }

  async markRead(id: Id): Promise<void> {
    const badge = await this.api.read([id])
    this.set(withRead(this.state, { id, badge }))
  }

  /** What came after the newest that is shown stays unread. */
  async markAllRead(): Promise<void> {
    const newest = this.state.lists.all.items[0] ?? this.state.lists.unread.items[0]
    if (!newest) return
    const badge = await this.api.readUpTo(newest.id)
    this.set(withRead(this.state, { up_to: newest.id, badge }))
  }

  async delete(id: Id): Promise<void> {
    await this.api.delete(id)
    this.set(withChange(this.state, { id, deleted: true, badge: this.state.badge }, false))
    await this.readBadge()
  }

  private async reload(): Promise<void> {
    try {
      await this.readBadge()
      for (const filter of ['all', 'unread'] as const) if (this.state.lists[filter].next !== undefined) await this.read(filter)
    } catch {
      // The line comes back before the API at times; the next entry brings the badge.
    }
  }

  private apply(entry: Entry): void {
    if (isKnownEntry(entry)) this.applyKnown(entry)
  }

  private applyKnown(entry: KnownEntry): void {
    if (entry.type === 'notification.read') this.set(withRead(this.state, entry.data))
    else if (entry.type === 'notification.created' || entry.type === 'notification.updated') this.set(withChange(this.state, entry.data, entry.type === 'notification.created'))
  }

  private set(state: InboxState): void {
    const before = this.state.badge.version
    this.state = state
    if (state.badge.version !== before) this.badgeChanged(state.badge)
    for (const watcher of this.watchers) watcher()
  }
}
