import type { List } from '@madang/client'
import { type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query'
import { type ReactNode, useRef } from 'react'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Spinner } from '../ui/Spinner'
import { useNear } from '../ui/use-near'

type Pages<T> = UseInfiniteQueryResult<InfiniteData<List<T>>>

interface EndlessListProps<T> {
  pages: Pages<T>
  empty: ReactNode
  children: (items: readonly T[]) => ReactNode
}

/** Reads on when its end comes near, to the true end; the button does the same for who does not scroll. */
export function EndlessList<T>({ pages, empty, children }: EndlessListProps<T>) {
  const { t } = useI18n()
  const end = useRef<HTMLButtonElement>(null)
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = pages
  const items = (pages.data?.pages ?? []).flatMap((page) => page.items)
  const reads = hasNextPage && !isFetchingNextPage && !isFetchNextPageError

  useNear(end, reads, fetchNextPage, items.length)

  if (pages.isPending) return pages.isPaused ? <p className="quiet-text" role="status">{t('feed.offline')}</p> : <Spinner />
  return (
    <>
      {pages.isError && <p className="form-error" role="alert">{errorText(t, pages.error)}</p>}
      {pages.isLoadingError && <button type="button" className="button" onClick={() => void pages.refetch()}>{t('action.retry')}</button>}
      {items.length > 0 ? children(items) : !pages.isError && empty}
      {hasNextPage && <button ref={end} type="button" className="button endless-more" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('action.more')}</button>}
    </>
  )
}
