// First, for the app's client takes hold of `fetch` when it is loaded.
import { routes } from './server'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { MemoryRouter, Route, Routes } from 'react-router'
import { SessionProvider, useSession } from '../src/app/session'
import { ToastProvider } from '../src/app/toasts'
import { I18nProvider } from '../src/i18n/i18n'
import type { Locale } from '../src/i18n/messages'

function Ready({ children }: { children: ReactNode }) {
  return useSession().user ? children : null
}

/** One screen as an admin sees it, at `/x`, `/x/ID` or `/y/NAME`. */
export function open(path: string, element: ReactNode, locale: Locale = 'en') {
  routes.set('GET /v1/setup', () => ({ needed: false, registration: 'open', community: 'Madang' }))
  routes.set('GET /v1/me', () => ({ id: '1', name: 'mina', display_name: 'Mina', role: 'admin', locale, created_at: '2026-11-22T00:00:00Z' }))
  return render(
    <I18nProvider start={locale}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <ToastProvider>
          <MemoryRouter initialEntries={[path]}>
            <SessionProvider>
              <Ready><Routes><Route path="/x/:id?" element={element} /><Route path="/y/:name" element={element} /><Route path="*" element={<p>elsewhere</p>} /></Routes></Ready>
            </SessionProvider>
          </MemoryRouter>
        </ToastProvider>
      </QueryClientProvider>
    </I18nProvider>,
  )
}
