export interface FieldError {
  field: string
  code: string
  detail?: string
}

interface Problem {
  code?: unknown
  title?: unknown
  detail?: unknown
  errors?: unknown
  retry_after_ms?: unknown
}

/**
 * A refusal of the server, or the lack of an answer: `code` is `network` when no answer came, `timeout` when it took too
 * long (both with status 0); every other code is the server's own.
 */
export class MadangError extends Error {
  override readonly name = 'MadangError'
  readonly code: string
  /** HTTP status; 0 when there was no answer, or when it came over the socket. */
  readonly status: number
  readonly errors: readonly FieldError[]
  readonly retryAfterMs: number | undefined

  constructor(
    code: string,
    detail: string,
    more: { status?: number; errors?: readonly FieldError[]; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.status = more.status ?? 0
    this.errors = more.errors ?? []
    this.retryAfterMs = more.retryAfterMs
  }

  /** True when the same request may succeed later without being changed. */
  get retryable(): boolean {
    return retryableCodes.has(this.code) || this.status >= 500
  }

  static fromResponse(response: Response, body: string): MadangError {
    const problem = parseProblem(body)
    const code = typeof problem.code === 'string' ? problem.code : fallbackCode(response.status)
    const detail = [problem.detail, problem.title].find((text) => typeof text === 'string')
    return new MadangError(code, detail ?? `HTTP ${response.status}`, {
      status: response.status,
      errors: fieldErrors(problem.errors),
      retryAfterMs: retryAfter(problem.retry_after_ms, response.headers.get('retry-after')),
    })
  }
}

const retryableCodes = new Set(['network', 'timeout', 'rate_limited', 'overloaded', 'draining', 'storage_full', 'timed_out', 'internal'])

export function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return []
  return value.filter(
    (item): item is FieldError =>
      typeof item === 'object' && item !== null && typeof item.field === 'string' && typeof item.code === 'string',
  )
}

function parseProblem(body: string): Problem {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {} // a proxy's HTML page
  }
}

function fallbackCode(status: number): string {
  if (status === 401) return 'unauthenticated'
  if (status === 404) return 'not_found'
  if (status === 429) return 'rate_limited'
  return status >= 500 ? 'overloaded' : 'unexpected_answer'
}

/** The body says it in ms; the header in seconds (an HTTP date is not used by our server). */
function retryAfter(inBody: unknown, header: string | null): number | undefined {
  if (typeof inBody === 'number' && inBody >= 0) return inBody
  const seconds = header === null ? NaN : Number(header)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
}
