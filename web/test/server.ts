import { vi } from 'vitest'

/** Answers by method and path; to be imported before anything that takes hold of `fetch`. */
export const routes = new Map<string, (body: unknown, query: URLSearchParams) => unknown>()

export const list = (items: unknown[]) => ({ items, next: null, prev: null })

vi.stubGlobal('fetch', async (input: unknown, init: RequestInit = {}) => {
  const { pathname, searchParams } = new URL(String(input), 'http://server.test')
  const isJson = new Headers(init.headers).get('content-type') === 'application/json'
  const answer = await routes.get(`${init.method ?? 'GET'} ${pathname}`)?.(typeof init.body === 'string' && isJson ? JSON.parse(init.body) : init.body, searchParams)
  if (answer instanceof Response) return answer
  return answer === undefined ? Response.json({ code: 'not_found' }, { status: 404 }) : Response.json(answer)
})
