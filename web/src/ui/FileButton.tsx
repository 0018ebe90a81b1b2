import { Upload } from 'lucide-react'
import { type ChangeEvent, useId } from 'react'
import { useI18n } from '../i18n/i18n'

/** A button that asks for a file. */
export function FileButton({ label, accept, busy, onFile }: { label: string; accept: string; busy: boolean; onFile: (file: File) => void }) {
  const { t } = useI18n()
  const id = useId()
  const choose = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [file] = target.files ?? []
    if (file) onFile(file)
    // The same file once more is a choice as well.
    target.value = ''
  }
  return (
    <label className="button small file-button" htmlFor={id}>
      <Upload size={15} aria-hidden /> <span aria-hidden="true">{t('moving.import')}</span>
      <input id={id} type="file" className="visually-hidden" accept={accept} aria-label={label} disabled={busy} onChange={choose} />
    </label>
  )
}
