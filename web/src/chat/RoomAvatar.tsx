import type { Id, Room } from '@madang/client'
import { useI18n } from '../i18n/i18n'
import { Avatar, GroupAvatar } from '../ui/Avatar'
import { otherMembers, personName } from './rooms'
import { useChat } from './use-chat'

export function RoomAvatar({ room, me, size }: { room: Room; me: Id; size: number }) {
  const { t } = useI18n()
  const people = useChat((state) => state.people)
  if (room.kind === 'group') return <GroupAvatar id={room.id} size={size} />
  const other = otherMembers(room, me)[0] ?? me
  return <Avatar id={other} name={personName(people, other, t)} size={size} />
}
