import type { MadangApi } from '../api/index.ts'
import type { AnyMessage, Id } from '../types.ts'

interface Tracked {
  /** Everything up to here is with the application. */
  known: number
  /** The highest seq heard of. */
  heard: number
  filling: boolean
}

/** Finds holes in the numbers of the rooms that the application has loaded, and reads them from history. */
export class Gaps {
  private readonly rooms = new Map<Id, Tracked>()

  constructor(
    private readonly api: MadangApi,
    private readonly refilled: (room: Id, messages: AnyMessage[]) => void,
  ) {}

  track(room: Id, seq: number): void {
    const tracked = this.rooms.get(room)
    if (tracked) tracked.known = Math.max(tracked.known, seq)
    else this.rooms.set(room, { known: seq, heard: seq, filling: false })
  }

  forget(): void {
    this.rooms.clear()
  }

  heard(message: AnyMessage): void {
    const room = this.rooms.get(message.room_id)
    if (!room) return
    room.heard = Math.max(room.heard, message.seq)
    if (!room.filling && message.seq === room.known + 1) room.known = message.seq
    else void this.fill(message.room_id, room)
  }

  /** Takes up what a broken line had left open. */
  resume(): void {
    for (const [id, room] of this.rooms) void this.fill(id, room)
  }

  private async fill(id: Id, room: Tracked): Promise<void> {
    if (room.filling || room.heard <= room.known) return
    room.filling = true
    try {
      while (room.known < room.heard && this.rooms.get(id) === room) {
        const page = await this.api.rooms.history(id, { after: room.known, limit: 100 })
        const last = page.items.at(-1)
        if (!last) room.known = room.heard // the room is gone for us, or was cut
        else this.found(id, room, page.items, last.seq)
      }
    } catch {
      // the next message or the next ready tries again
    } finally {
      room.filling = false
    }
  }

  private found(id: Id, room: Tracked, messages: AnyMessage[], last: number): void {
    if (this.rooms.get(id) !== room) return
    room.known = Math.max(room.known, last)
    this.refilled(id, messages)
  }
}
