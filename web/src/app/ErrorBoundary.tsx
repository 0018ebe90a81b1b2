import { Component, type ReactNode } from 'react'
import { useI18n } from '../i18n/i18n'
import { Empty } from '../ui/Empty'
import { Logo } from './Logo'

export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    return this.state.broken ? <Crash /> : this.props.children
  }
}

function Crash() {
  const { t } = useI18n()
  return (
    <main className="lonely">
      <Empty heading="h1" icon={<Logo size={56} />} title={t('crash.title')} hint={t('crash.hint')}>
        <button type="button" className="button primary" onClick={() => window.location.reload()}>{t('crash.reload')}</button>
      </Empty>
    </main>
  )
}
