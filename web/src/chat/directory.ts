import type { Id, MadangApi, User } from '@madang/client'

const AT_ONCE = 4

/** Looks people up by id, each once, a few at a time. */
export class Directory {
  private readonly asked = new Set<Id>()
  private readonly queue: Id[] = []
  private running = 0

  constructor(
    private readonly api: MadangApi,
    private readonly found: (people: Record<Id, User>) => void,
  ) {}

  put(people: readonly User[]): void {
    for (const person of people) this.asked.add(person.id)
    this.found(Object.fromEntries(people.map((person) => [person.id, person])))
  }

  need(ids: readonly Id[]): void {
    for (const id of ids) {
      if (this.asked.has(id)) continue
      this.asked.add(id)
      this.queue.push(id)
    }
    while (this.running < AT_ONCE && this.queue.length > 0) void this.work()
  }

  private async work(): Promise<void> {
    this.running += 1
    for (let id = this.queue.shift(); id !== undefined; id = this.queue.shift()) await this.ask(id)
    this.running -= 1
  }

  private async ask(id: Id): Promise<void> {
    try {
      this.found({ [id]: await this.api.accounts.user(id) })
    } catch {
      this.asked.delete(id) // the next one who needs it asks again
    }
  }
}
