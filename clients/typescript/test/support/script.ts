import { expect } from 'vitest'
import { MadangClient, type RealtimeClient } from '../../src/index.ts'
import { FakeClock, settled } from './fake-clock.ts'
import { type Answer, FakeHttp, FakeSocket, type Output } from './fake-server.ts'

export interface Script {
  name: string
  cursor?: string
  random?: number[]
  watch: string[]
  steps: Record<string, unknown>[]
}

interface Call {
  verb: string
  room_id: string
  client_id: string
  text: string
  seq: number
}

/** Runs one script of docs/realtime/vectors against a fresh client. */
export class ScriptRun {
  private readonly outputs: Output[] = []
  private readonly clock: FakeClock
  private readonly http: FakeHttp
  private readonly client: RealtimeClient
  private socket: FakeSocket | undefined

  constructor(private readonly script: Script) {
    const out = (output: Output) => this.outputs.push(output)
    this.clock = new FakeClock(script.random?.slice())
    this.http = new FakeHttp(out)
    const madang = new MadangClient({
      baseUrl: 'http://server.test',
      token: 'token-1',
      fetch: this.http.fetch,
      clock: this.clock,
      openSocket: () => (this.socket = new FakeSocket(out)),
    })
    this.client = madang.realtime({ cursor: script.cursor, lines: ['socket'] })
    this.client.on('entry', (entry) => out({ entry }))
    this.client.on('signal', (signal) => out({ signal }))
    this.client.on('reset', (reset) => out({ reset }))
    this.client.on('refilled', ({ room_id, messages }) => out({ refilled: { room_id, seqs: messages.map((m) => m.seq) } }))
    this.client.on('acked', ({ client_id, seq }) => out({ acked: { client_id, seq } }))
    this.client.on('refused', ({ client_id, error }) => out({ refused: { client_id, code: error.code } }))
    this.client.on('state', (state) => out({ state }))
  }

  async run(): Promise<void> {
    this.client.start()
    for (const [index, step] of this.script.steps.entries()) {
      const [[verb, value] = ['', undefined]] = Object.entries(step)
      if (verb === 'expect') this.compare(value as Output[], index)
      else await this.act(verb, value)
      await settled()
    }
  }

  private async act(verb: string, value: unknown): Promise<void> {
    if (verb === 'open') this.socket?.open()
    else if (verb === 'fail') this.socket?.lose(1006)
    else if (verb === 'frame') this.socket?.receive(JSON.stringify(value))
    else if (verb === 'text') this.socket?.receive(value as string)
    else if (verb === 'close') this.socket?.lose(value as number)
    else if (verb === 'advance_ms') await this.clock.advance(value as number)
    else if (verb === 'answer') this.http.answer(value as Answer)
    else if (verb === 'call') this.call(value as Call)
    else throw new Error(`unknown step ${verb}`)
  }

  private call({ verb, room_id, client_id, text, seq }: Call): void {
    if (verb === 'send') this.client.send(room_id, { client_id, text })
    else if (verb === 'track') this.client.track(room_id, seq)
    else if (verb === 'read') this.client.read(room_id, seq)
    else if (verb === 'typing') this.client.typing(room_id)
    else if (verb === 'stop') this.client.stop()
    else throw new Error(`unknown call ${verb}`)
  }

  private compare(expected: Output[], step: number): void {
    const watched = this.outputs.splice(0).filter((output) => Object.keys(output).some((kind) => this.script.watch.includes(kind)))
    const where = `step ${step + 1} of "${this.script.name}", got ${JSON.stringify(watched)}`
    expect(watched.length, where).toBe(expected.length)
    for (const [index, wanted] of expected.entries()) {
      const { absent, pattern } = splitAbsent(wanted)
      expect(watched[index], where).toMatchObject(pattern)
      for (const name of absent) expect(watched[index]?.['sent'], where).not.toHaveProperty(name)
    }
  }
}

function splitAbsent(wanted: Output): { absent: string[]; pattern: Output } {
  const sent = wanted['sent'] as { absent?: string[] } | undefined
  if (!sent?.absent) return { absent: [], pattern: wanted }
  const { absent, ...pattern } = sent
  return { absent, pattern: { sent: pattern } }
}
