import { useQuery } from '@tanstack/react-query'
import { Link2 } from 'lucide-react'
import { useApi } from '../app/session'
import { readable, webHref } from '../crawl/text'

const FRESH_MS = 60 * 60_000

/**
 * What stands behind a link; nothing while that is not known or where it cannot be. Without the picture: showing it would tell the other site who reads.
 */
export function Preview({ url }: { url: string }) {
  const api = useApi()
  const { data } = useQuery({ queryKey: ['preview', url], queryFn: () => api.posts.preview(url), staleTime: FRESH_MS, retry: false })
  if (!data) return null
  const href = webHref(data.url)
  return (
    <a className="preview-card" href={href} target="_blank" rel="noopener noreferrer nofollow">
      <Link2 size={20} aria-hidden />
      <span>
        <small>{data.site_name ?? (href === undefined ? readable(data.url) : new URL(href).host)}</small>
        <strong dir="auto">{data.title}</strong>
        {data.description && <span className="preview-description" dir="auto">{data.description}</span>}
      </span>
    </a>
  )
}
