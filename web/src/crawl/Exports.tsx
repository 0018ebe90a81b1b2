import type { ExportFormat, Id } from '@madang/client'
import { Download } from 'lucide-react'
import { useI18n } from '../i18n/i18n'

const formats: readonly ExportFormat[] = ['jsonl', 'csv', 'links', 'nodes']
const extensions: Record<ExportFormat, string> = { jsonl: 'JSONL', csv: 'CSV', links: 'TSV', nodes: 'TSV' }

/** What the crawl has found, as files. Links rather than requests: the browser writes a stream of any size to the disk. */
export function Exports({ id }: { id: Id }) {
  const { t } = useI18n()
  return (
    <section className="card" aria-label={t('crawl.export.title')}>
      <h2 className="card-title">{t('crawl.export.title')}</h2>
      <ul className="rows">
        {formats.map((format) => (
          <li key={format} className="row">
            <div className="row-text">
              {t(`crawl.export.${format}`)}
              <small>{t(`crawl.export.${format}Hint`)}</small>
            </div>
            <a className="button small" href={`/v1/crawls/${id}/export?format=${format}`} download aria-label={`${extensions[format]}: ${t(`crawl.export.${format}`)}`}>
              <Download size={15} aria-hidden /> {extensions[format]}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
