import { BellRing, ChevronRight, Keyboard, LogOut, Send, ShieldAlert } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { Link } from 'react-router'
import { useMe, useSession } from '../app/session'
import { ShortcutList } from '../app/ShortcutList'
import { usePageTitle } from '../app/title-count'
import { useI18n } from '../i18n/i18n'
import { Appearance } from './Appearance'
import { Devices } from './Devices'
import { FeedAddress } from './FeedAddress'
import { Hidden } from './Hidden'
import { Invites } from './Invites'
import { Moving } from './Moving'
import { Password } from './Password'
import { Profile } from './Profile'
import { Users } from './Users'
import { Webhooks } from './Webhooks'

export function SettingsPage() {
  const { t } = useI18n()
  const { leave } = useSession()
  const me = useMe()
  const [shortcuts, setShortcuts] = useState(false)
  usePageTitle(`${t('settings.title')} · ${t('app.name')}`)
  return (
    <main className="page" id="main">
      <header className="page-head"><h1>{t('settings.title')}</h1></header>
      <Section title={t('settings.profile')}><Profile /></Section>
      <Section title={t('settings.appearance')}><Appearance /></Section>
      <Section title={t('inbox.title')}>
        <div className="row">
          <BellRing size={20} aria-hidden />
          <Link className="row-text webhook-link" to="/settings/notifications">{t('pref.title')}<small>{t('pref.open')}</small></Link>
          <ChevronRight size={18} aria-hidden />
        </div>
      </Section>
      <Section title={t('hidden.title')}><Hidden /></Section>
      <Section title={t('feedToken.title')}><FeedAddress /></Section>
      <Section title={t('moving.title')}><Moving /></Section>
      <Section title={t('settings.password')}><Password /></Section>
      <Section title={t('settings.devices')}><Devices /></Section>
      {me.role !== 'user' && (
        <>
          <h2 className="page-divider">{t('settings.admin')}</h2>
          <Section title={t('moderation.title')}>
            <div className="row">
              <ShieldAlert size={20} aria-hidden />
              <Link className="row-text webhook-link" to="/moderation">{t('moderation.title')}<small>{t('moderation.manage')}</small></Link>
              <ChevronRight size={18} aria-hidden />
            </div>
          </Section>
        </>
      )}
      {me.role === 'admin' && (
        <>
          <Section title={t('notify.title')}>
            <div className="row">
              <Send size={20} aria-hidden />
              <Link className="row-text webhook-link" to="/notify">{t('notify.title')}<small>{t('notify.manage')}</small></Link>
              <ChevronRight size={18} aria-hidden />
            </div>
          </Section>
          <Section title={t('admin.invites')}><Invites /></Section>
          <Section title={t('admin.users')}><Users /></Section>
          <Section title={t('webhook.title')}><Webhooks /></Section>
        </>
      )}
      <div className="page-foot">
        <button type="button" className="button quiet" onClick={() => setShortcuts(true)}><Keyboard size={18} aria-hidden /> {t('settings.shortcuts')}</button>
        <button type="button" className="button quiet danger" onClick={() => void leave()}><LogOut size={18} aria-hidden /> {t('settings.signOut')}</button>
      </div>
      {shortcuts && <ShortcutList onClose={() => setShortcuts(false)} />}
    </main>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id} className="card-title">{title}</h2>
      {children}
    </section>
  )
}
