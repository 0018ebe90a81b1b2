import type { ReactNode } from 'react'
import { Logo } from '../app/Logo'
import { useSession } from '../app/session'
import { useI18n } from '../i18n/i18n'

/** The frame of every page before sign-in. */
export function Entrance({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  const { t, locale, setLocale } = useI18n()
  const { setup } = useSession()
  return (
    <div className="entrance">
      <main className="entrance-card" id="main">
        <div className="entrance-brand">
          <Logo size={44} />
          <div>
            <p className="entrance-name">{setup?.community || t('app.name')}</p>
            <p className="entrance-tagline">{t('entrance.tagline')}</p>
          </div>
        </div>
        <h1>{title}</h1>
        {hint && <p className="entrance-hint">{hint}</p>}
        {children}
      </main>
      <button type="button" className="link-button entrance-locale" lang={locale === 'ko' ? 'en' : 'ko'} onClick={() => setLocale(locale === 'ko' ? 'en' : 'ko')}>
        {locale === 'ko' ? 'English' : '한국어'}
      </button>
    </div>
  )
}
