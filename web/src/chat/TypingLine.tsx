import type { Room } from '@madang/client'
import { useI18n } from '../i18n/i18n'
import { personName } from './rooms'
import { useChat } from './use-chat'

const nobody = {}

export function TypingLine({ room }: { room: Room }) {
  const { t } = useI18n()
  const typing = useChat((state) => state.typing[room.id] ?? nobody)
  const people = useChat((state) => state.people)
  const names = Object.keys(typing).map((id) => personName(people, id, t))
  const [first = '', second = ''] = names
  const text =
    names.length === 0 ? '' : names.length === 1 ? t('room.typingOne', { name: first }) : names.length === 2 ? t('room.typingTwo', { first, second }) : t('room.typingMany')
  return (
    <div className="typing" role="status">
      {text && <><span className="typing-dots" aria-hidden="true"><i /><i /><i /></span>{text}</>}
    </div>
  )
}
