import type { Session } from '@madang/client'
import { type FormEvent, useState } from 'react'
import { useSession } from '../app/session'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'

/** What every entrance form does: one submission at a time, the refusal under the form, the session at the end. */
export function useEntranceForm(submit: (values: Record<string, string>) => Promise<Session>) {
  const { enter } = useSession()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const values: Record<string, string> = {}
    for (const [name, value] of new FormData(event.currentTarget)) if (typeof value === 'string') values[name] = value
    setBusy(true)
    setError(undefined)
    submit(values).then(
      (session) => enter(session.user),
      (reason: unknown) => {
        setError(reason)
        setBusy(false)
      },
    )
  }
  return { busy, error, onSubmit }
}

export function FormError({ error }: { error: unknown }) {
  const { t } = useI18n()
  return <div role="alert">{error !== undefined && <p className="form-error">{errorText(t, error)}</p>}</div>
}

export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Shown in the list of devices: "Chrome · Linux". */
export function deviceName(agent = navigator.userAgent): string {
  const browser = /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox' : /Chrome\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : 'Browser'
  const system = /Android/.test(agent) ? 'Android' : /iPhone|iPad/.test(agent) ? 'iOS' : /Windows/.test(agent) ? 'Windows' : /Mac OS/.test(agent) ? 'macOS' : 'Linux'
  return `${browser} · ${system}`
}
