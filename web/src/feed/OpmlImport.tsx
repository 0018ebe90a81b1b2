import type { ImportedSources } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../app/session'
import { readable } from '../crawl/text'
import { codeText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { FileButton } from '../ui/FileButton'
import { useAction } from '../ui/use-action'

/** The subscriptions of another feed reader, made websites here and followed. */
export function OpmlImport() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [done, setDone] = useState<ImportedSources>()
  const take = (file: File) => run(async () => {
    setDone(undefined)
    setDone(await api.sources.import(await file.text()))
    await Promise.all([['sources'], ['relations'], ['posts']].map((queryKey) => queries.invalidateQueries({ queryKey })))
  })
  const refused = done?.items.filter(({ code }) => code !== undefined) ?? []
  return (
    <section className="card" aria-label={t('source.import')}>
      <div className="row">
        <div className="row-text">{t('source.import')}<small>{t('source.importHint')}</small></div>
        <FileButton label={t('source.import')} accept=".opml,.xml,text/x-opml,text/xml,application/xml" busy={busy} onFile={(file) => void take(file)} />
      </div>
      <div role="status">
        {busy && <p className="quiet-text">{t('source.importing')}</p>}
        {done && (
          <div className="moving-outcome">
            <p>{t('source.imported', { taken: done.taken, rows: done.rows })}</p>
            {refused.length > 0 && <ul>{refused.slice(0, 50).map(({ row, url, code = '' }) => <li key={row}><small><span dir="auto">{readable(url)}</span>: {code === 'not_tried' ? t('source.notTried') : codeText(t, code)}</small></li>)}</ul>}
          </div>
        )}
      </div>
    </section>
  )
}
