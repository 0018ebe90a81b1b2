import { start } from './worker'
import type { Worker } from './worker-types'

start(self as unknown as Worker)
