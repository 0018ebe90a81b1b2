import type { Imported, MovedKind } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useApi } from '../app/session'
import { codeText } from '../i18n/error-text'
import { hasMessage, type Translate, useI18n } from '../i18n/i18n'
import { Field } from '../ui/Field'
import { FileButton } from '../ui/FileButton'
import { useAction } from '../ui/use-action'

const kinds: readonly MovedKind[] = ['follows', 'mutes', 'blocks', 'lists']
/** So many refused rows are told one by one. */
const TOLD = 20

/** Whom one follows, mutes and blocks, and one's lists: out as files, and in from another server's. */
export function Moving() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [domain, setDomain] = useState('')
  const [done, setDone] = useState<Imported>()
  const take = (kind: MovedKind, file: File) => run(async () => {
    setDone(undefined)
    setDone(await api.relations.import(kind, await file.text(), domain.trim() || undefined))
    await Promise.all([['relations'], ['lists'], ['subscriptions'], ['posts']].map((queryKey) => queries.invalidateQueries({ queryKey })))
  })
  return (
    <>
      <p className="quiet-text">{t('moving.hint')}</p>
      <ul className="rows">
        {kinds.map((kind) => (
          <li key={kind} className="row">
            <div className="row-text">{t(`moving.${kind}`)}</div>
            <a className="button small" href={api.relations.exportUrl(kind)} download={`${kind}.csv`} aria-label={t('moving.exportOf', { what: t(`moving.${kind}`) })}><Download size={15} aria-hidden /> {t('moving.export')}</a>
            <FileButton accept=".csv,text/csv" label={t('moving.importOf', { what: t(`moving.${kind}`) })} busy={busy} onFile={(file) => void take(kind, file)} />
          </li>
        ))}
      </ul>
      <Field label={t('moving.domain')} hint={t('moving.domainHint')} value={domain} maxLength={253} autoCapitalize="none" spellCheck={false} onChange={(event) => setDomain(event.target.value)} />
      <div role="status">{done && <Outcome done={done} />}</div>
    </>
  )
}

function Outcome({ done }: { done: Imported }) {
  const { t } = useI18n()
  return (
    <div className="moving-outcome">
      <p>{t('moving.taken', { taken: done.taken, rows: done.rows })}</p>
      {done.refused.length > 0 && (
        <ul>
          {done.refused.slice(0, TOLD).map(({ line, address, code }) => (
            <li key={line}><small>{t('moving.line', { line })} <span dir="auto">{address}</span>: {reasonText(t, code)}</small></li>
          ))}
          {done.not_taken > TOLD && <li><small>{t('moving.more', { count: done.not_taken - TOLD })}</small></li>}
        </ul>
      )}
    </div>
  )
}

function reasonText(t: Translate, code: string): string {
  const key = `moving.code.${code}`
  return hasMessage(key) ? t(key) : codeText(t, code)
}
