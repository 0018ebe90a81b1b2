import { describe, test } from 'vitest'
import { type Script, ScriptRun } from './support/script.ts'
import { load, scriptFiles } from './support/vectors.ts'

describe.each(scriptFiles())('%s', (file) => {
  const { scripts } = load<{ scripts: Script[] }>(`vectors/${file}`)
  test.each(scripts.map((script) => [script.name, script] as const))('%s', (_, script) => new ScriptRun(script).run())
})
