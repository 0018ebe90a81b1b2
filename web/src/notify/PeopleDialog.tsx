import type { Id, User } from '@madang/client'
import { X } from 'lucide-react'
import { useState } from 'react'
import { PeoplePicker } from '../chat/PeoplePicker'
import { useI18n } from '../i18n/i18n'
import { Dialog } from '../ui/Dialog'

interface PeopleDialogProps {
  title: string
  /** Chosen before. */
  start?: readonly User[]
  except?: readonly Id[]
  busy?: boolean
  /** One person: chosen is done. */
  one?: boolean
  onDone: (people: User[]) => void
  onClose: () => void
}

/** People chosen by name, oneself too. */
export function PeopleDialog({ title, start = [], except, busy = false, one = false, onDone, onClose }: PeopleDialogProps) {
  const { t } = useI18n()
  const [chosen, setChosen] = useState<User[]>([...start])
  const toggle = (person: User) => one ? onDone([person]) : setChosen((all) => (all.some((each) => each.id === person.id) ? all.filter((each) => each.id !== person.id) : [...all, person]))
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="dialog-form">
        <PeopleChips people={chosen} onRemove={toggle} />
        <PeoplePicker chosen={chosen} onToggle={toggle} except={except} withMe />
        {!one && <button type="button" className="button primary wide" disabled={busy || chosen.length === 0} onClick={() => onDone(chosen)}>{t('notify.choosePeople', { count: chosen.length })}</button>}
      </div>
    </Dialog>
  )
}

export function PeopleChips({ people, onRemove }: { people: readonly User[]; onRemove: (person: User) => void }) {
  const { t } = useI18n()
  if (people.length === 0) return null
  return (
    <ul className="chips" aria-label={t('newRoom.selected')}>
      {people.map((person) => (
        <li key={person.id} className="chip">
          {person.display_name}
          <button type="button" className="chip-remove" aria-label={t('newRoom.unselect', { name: person.display_name })} onClick={() => onRemove(person)}><X size={14} aria-hidden /></button>
        </li>
      ))}
    </ul>
  )
}
