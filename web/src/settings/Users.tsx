import type { Role, User } from '@madang/client'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useApi, useMe } from '../app/session'
import { useToasts } from '../app/toasts'
import { AccountFields } from '../entrance/RegisterPage'
import { FormError } from '../entrance/form'
import { useI18n } from '../i18n/i18n'
import { Avatar } from '../ui/Avatar'
import { Dialog } from '../ui/Dialog'
import { useAction } from '../ui/use-action'

const roles: Role[] = ['user', 'moderator', 'admin']

export function Users() {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const [creating, setCreating] = useState(false)
  const pages = useInfiniteQuery({
    queryKey: ['users', 'admin'],
    queryFn: ({ pageParam }) => api.accounts.search({ cursor: pageParam, limit: 20 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const reread = () => queries.invalidateQueries({ queryKey: ['users'] })
  return (
    <>
      <ul className="rows">
        {pages.data?.pages.flatMap((page) => page.items).map((user) => <UserRow key={user.id} user={user} onChanged={reread} />)}
      </ul>
      <div className="button-row">
        {pages.hasNextPage && <button type="button" className="button" onClick={() => void pages.fetchNextPage()}>{t('action.more')}</button>}
        <button type="button" className="button" onClick={() => setCreating(true)}>{t('admin.newUser')}</button>
      </div>
      {creating && <NewUser onClose={() => setCreating(false)} onCreated={reread} />}
    </>
  )
}

function UserRow({ user, onChanged }: { user: User; onChanged: () => Promise<void> }) {
  const { t } = useI18n()
  const me = useMe()
  const api = useApi()
  const { busy, run } = useAction()
  const change = (wanted: { role?: Role; disabled?: boolean }) =>
    void run(async () => {
      await api.admin.updateUser(user.id, wanted)
      await onChanged()
    })
  return (
    <li className="row">
      <Avatar id={user.id} name={user.display_name} size={34} />
      <div className="row-text">
        {user.display_name}
        <small>@{user.name}{user.disabled ? ` · ${t('admin.disabled')}` : ''}</small>
      </div>
      <select className="compact" aria-label={t('admin.role', { name: user.display_name })} value={user.role} disabled={busy} onChange={(event) => change({ role: event.target.value as Role })}>
        {roles.map((role) => <option key={role} value={role}>{t(`admin.role.${role}`)}</option>)}
      </select>
      {user.id !== me.id && (
        <button type="button" className="button small" disabled={busy} onClick={() => change({ disabled: !user.disabled })}>{t(user.disabled ? 'admin.enable' : 'admin.disable')}</button>
      )}
    </li>
  )
}

function NewUser({ onClose, onCreated }: { onClose: () => void; onCreated: () => Promise<void> }) {
  const { t, locale } = useI18n()
  const api = useApi()
  const toasts = useToasts()
  const [error, setError] = useState<unknown>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '')
    setError(undefined)
    api.admin.createUser({ name: text('name'), password: text('password'), display_name: text('display_name') || undefined, locale }).then(() => {
      toasts.info(t('admin.userCreated'))
      onClose()
      void onCreated()
    }, setError)
  }
  return (
    <Dialog title={t('admin.newUser')} onClose={onClose}>
      <form className="dialog-form" onSubmit={submit}>
        <AccountFields error={error} />
        <FormError error={error} />
        <button className="button primary wide">{t('action.create')}</button>
      </form>
    </Dialog>
  )
}
