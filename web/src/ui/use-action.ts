import { useCallback, useState } from 'react'
import { useToasts } from '../app/toasts'

/** Runs one request at a time; a refusal becomes a toast. */
export function useAction(): { busy: boolean; run: (action: () => Promise<unknown>) => Promise<boolean> } {
  const toasts = useToasts()
  const [busy, setBusy] = useState(false)
  const run = useCallback(
    async (action: () => Promise<unknown>) => {
      setBusy(true)
      try {
        await action()
        return true
      } catch (error) {
        toasts.error(error)
        return false
      } finally {
        setBusy(false)
      }
    },
    [toasts],
  )
  return { busy, run }
}
