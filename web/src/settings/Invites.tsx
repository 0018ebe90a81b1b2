import type { Invite } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Copy, Link2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useApi } from '../app/session'
import { useToasts } from '../app/toasts'
import { useI18n } from '../i18n/i18n'
import { fullText } from '../i18n/time'
import { useAction } from '../ui/use-action'

export function Invites() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [link, setLink] = useState<string>()
  const { data } = useQuery({ queryKey: ['invites'], queryFn: () => api.admin.invites({ limit: 100 }) })
  const change = (action: () => Promise<unknown>) =>
    void run(async () => {
      await action()
      await queries.invalidateQueries({ queryKey: ['invites'] })
    })
  const create = () =>
    change(async () => {
      const { code } = await api.admin.createInvite()
      if (code) setLink(`${window.location.origin}/join#invite=${encodeURIComponent(code)}`)
    })
  return (
    <>
      {data?.items.length === 0 && !link && <p className="quiet-text">{t('admin.noInvites')}</p>}
      {link && <InviteLink link={link} />}
      <ul className="rows">
        {data?.items.map((invite) => (
          <InviteRow key={invite.id} invite={invite} busy={busy} onDelete={() => change(() => api.admin.deleteInvite(invite.id))} />
        ))}
      </ul>
      <div className="button-row"><button type="button" className="button" disabled={busy} onClick={create}>{t('admin.newInvite')}</button></div>
    </>
  )
}

function InviteLink({ link }: { link: string }) {
  const { t } = useI18n()
  const toasts = useToasts()
  const copy = () => navigator.clipboard.writeText(link).then(() => toasts.info(t('action.copied')), toasts.error)
  return (
    <div className="invite-link" role="status">
      <p>{t('admin.inviteReady')}</p>
      <div className="field-box">
        <input readOnly value={link} aria-label={t('admin.inviteReady')} onFocus={(event) => event.target.select()} />
        <button type="button" className="button small" onClick={() => void copy()}><Copy size={15} aria-hidden /> {t('action.copy')}</button>
      </div>
    </div>
  )
}

function InviteRow({ invite, busy, onDelete }: { invite: Invite; busy: boolean; onDelete: () => void }) {
  const { t, locale } = useI18n()
  const { uses, max_uses: max, expires_at, created_at } = invite
  return (
    <li className="row">
      <Link2 size={20} aria-hidden />
      <div className="row-text">
        {max === undefined ? t('admin.inviteUsesOpen', { count: uses }) : t('admin.inviteUses', { uses, max })}
        <small>{expires_at ? t('admin.inviteExpires', { time: fullText(expires_at, locale) }) : fullText(created_at, locale)}</small>
      </div>
      <button type="button" className="icon-button" disabled={busy} aria-label={t('admin.deleteInvite')} onClick={onDelete}>
        <Trash2 size={18} aria-hidden />
      </button>
    </li>
  )
}
