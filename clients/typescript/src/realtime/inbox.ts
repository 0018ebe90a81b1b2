import type { Entry } from '../entries.ts'
import type { Cursor } from '../types.ts'

const REMEMBERED = 1_000

/** The cursor of this client and what it has seen: no entry is handed on twice. */
export class Inbox {
  private readonly seen = new Set<Cursor>()
  private held: Entry[] | undefined

  constructor(
    public cursor: Cursor | undefined,
    private readonly deliver: (entry: Entry) => void,
  ) {}

  take(entry: Entry): void {
    if (this.held) this.held.push(entry)
    else this.pass(entry)
  }

  /** Past whatever is held: for entries that were read on purpose. */
  pass(entry: Entry): void {
    if (this.seen.has(entry.cursor)) return
    this.seen.add(entry.cursor)
    this.deliver(entry)
    this.cursor = entry.cursor
    if (!this.held) this.forget()
  }

  hold(): void {
    this.held ??= []
  }

  release(): void {
    const held = this.held ?? []
    for (const entry of held) this.pass(entry)
    this.held = undefined
    this.forget()
  }

  drop(): void {
    this.held = undefined
  }

  private forget(): void {
    for (const cursor of this.seen) {
      if (this.seen.size <= REMEMBERED) return
      this.seen.delete(cursor)
    }
  }
}
