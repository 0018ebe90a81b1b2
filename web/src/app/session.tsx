import { MadangClient, MadangError, type Setup, type User } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import { supported, useI18n } from '../i18n/i18n'

/** Same origin; the session lives in an HttpOnly cookie. */
const client = new MadangClient()

interface SessionState {
  client: MadangClient
  /** undefined: not known yet; null: nobody is signed in. */
  user: User | null | undefined
  setup: Setup | undefined
  /** Why the app cannot even ask who is signed in. */
  failure: unknown
  enter: (user: User) => void
  leave: () => Promise<void>
  forget: () => void
  retry: () => void
}

const Context = createContext<SessionState | undefined>(undefined)

export function SessionProvider({ children }: { children: ReactNode }) {
  const { setLocale } = useI18n()
  const queries = useQueryClient()
  const [user, setUser] = useState<User | null>()
  const [setup, setSetup] = useState<Setup>()
  const [failure, setFailure] = useState<unknown>()
  const [attempt, setAttempt] = useState(0)

  const enter = useCallback(
    (person: User) => {
      const locale = supported(person.locale)
      if (locale) setLocale(locale)
      setUser(person)
      setSetup((known) => known && { ...known, needed: false })
    },
    [setLocale],
  )
  const forget = useCallback(() => {
    queries.clear()
    setUser(null)
  }, [queries])

  useEffect(() => {
    let over = false
    const ask = async () => {
      try {
        setSetup(await client.api.accounts.setup())
        const me = await client.api.accounts.me()
        if (!over) enter(me)
      } catch (error) {
        if (over) return
        if (error instanceof MadangError && error.status === 401) setUser(null)
        else setFailure(error)
      }
    }
    void ask()
    return () => {
      over = true
    }
  }, [enter, attempt])

  const value = useMemo<SessionState>(
    () => ({
      client,
      user,
      setup,
      failure,
      enter,
      forget,
      leave: async () => {
        await client.api.accounts.signOut().catch(() => undefined) // gone is gone
        forget()
      },
      retry: () => {
        setFailure(undefined)
        setAttempt((count) => count + 1)
      },
    }),
    [user, setup, failure, enter, forget],
  )
  return <Context value={value}>{children}</Context>
}

export function useSession(): SessionState {
  const session = use(Context)
  if (!session) throw new Error('SessionProvider is missing')
  return session
}

/** For screens that exist only when somebody is signed in. */
export function useMe(): User {
  const { user } = useSession()
  if (!user) throw new Error('nobody is signed in')
  return user
}

export const useApi = () => useSession().client.api
