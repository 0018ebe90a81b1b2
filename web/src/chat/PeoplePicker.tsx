import type { Id, User } from '@madang/client'
import { useQuery } from '@tanstack/react-query'
import { Check, Search } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useApi, useMe } from '../app/session'
import { useI18n } from '../i18n/i18n'
import { Avatar } from '../ui/Avatar'
import { Spinner } from '../ui/Spinner'

interface PeoplePickerProps {
  chosen: readonly User[]
  onToggle: (person: User) => void
  /** Not offered, for they are there already. */
  except?: readonly Id[]
  /** Oneself too. */
  withMe?: boolean
}

/** Search by name and choose: every result is a check box, so the keyboard needs nothing special. */
export function PeoplePicker({ chosen, onToggle, except = [], withMe = false }: PeoplePickerProps) {
  const { t } = useI18n()
  const me = useMe()
  const api = useApi()
  const [typed, setTyped] = useState('')
  const q = useDeferredValue(typed.normalize('NFC').trim())
  const found = useQuery({ queryKey: ['users', 'pick', q], queryFn: () => api.accounts.search({ q: q || undefined, limit: 30 }) })
  const people = (found.data?.items ?? []).filter((person) => (withMe || person.id !== me.id) && !except.includes(person.id) && !person.disabled)
  const isChosen = (person: User) => chosen.some((each) => each.id === person.id)
  return (
    <div className="picker">
      <div className="search-box">
        <Search size={18} aria-hidden />
        <input type="search" data-autofocus aria-label={t('newRoom.people')} placeholder={t('newRoom.people')} value={typed} onChange={(event) => setTyped(event.target.value)} />
      </div>
      <ul className="picker-list">
        {found.isPending && <li><Spinner /></li>}
        {found.isSuccess && people.length === 0 && <li className="picker-none">{t('newRoom.noneFound')}</li>}
        {people.map((person) => (
          <li key={person.id}>
            <label className="picker-item">
              <input type="checkbox" className="visually-hidden" checked={isChosen(person)} onChange={() => onToggle(person)} />
              <Avatar id={person.id} name={person.display_name} size={38} />
              <span className="picker-name">{person.display_name}<small>@{person.name}</small></span>
              <span className="picker-check" aria-hidden="true">{isChosen(person) && <Check size={16} />}</span>
            </label>
          </li>
        ))}
      </ul>
    </div>
  )
}
