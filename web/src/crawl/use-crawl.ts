import { type Crawl, type CrawlLine, hasEnded, type Id } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { useApi, useSession } from '../app/session'
import { type Sample, toSample, withSample } from './samples'

const crawlKey = (id: Id) => ['crawl', id]
const samplesKey = (id: Id) => ['crawl-samples', id]
const none: readonly Sample[] = []

/** A crawl, kept up to date while it is on screen, and what its progress was lately. */
export function useCrawl(id: Id) {
  const { client } = useSession()
  const api = useApi()
  const queries = useQueryClient()
  const [line, setLine] = useState<CrawlLine>('live')
  const { data: crawl, error, refetch } = useQuery({ queryKey: crawlKey(id), queryFn: () => api.crawls.get(id) })
  const { data: samples } = useQuery<readonly Sample[]>({ queryKey: samplesKey(id), queryFn: () => none, staleTime: Infinity, initialData: none })
  const put = useCallback(
    (next: Crawl) => {
      queries.setQueryData(crawlKey(id), next)
      queries.setQueryData<readonly Sample[]>(samplesKey(id), (known = none) => withSample(known, toSample(next.progress, Date.now())))
    },
    [queries, id],
  )
  const runs = crawl !== undefined && !hasEnded(crawl)

  useEffect(() => {
    if (!runs) return
    const watch = client.watchCrawl(id, {
      crawl: put,
      progress: (progress) => {
        const known = queries.getQueryData<Crawl>(crawlKey(id))
        if (known) put({ ...known, progress })
      },
      line: setLine,
      refused: () => void queries.invalidateQueries({ queryKey: crawlKey(id) }),
    })
    return () => watch.close()
  }, [client, queries, id, runs, put])

  return { crawl, samples, line: runs ? line : 'live', error, put, retry: refetch }
}
