import type { Id } from '@madang/client'
import { Users } from 'lucide-react'

const HUES = 8

/** The first letter on one of eight grounds; the name itself always stands beside it. */
export function Avatar({ id, name, size = 40 }: { id: Id; name: string; size?: number }) {
  const letter = [...name.trim()][0]?.toLocaleUpperCase() ?? '?'
  return (
    <span className={`avatar hue-${hue(id)}`} style={{ width: size, height: size, fontSize: size * 0.42 }} aria-hidden="true">
      {letter}
    </span>
  )
}

export function GroupAvatar({ id, size = 40 }: { id: Id; size?: number }) {
  return (
    <span className={`avatar group hue-${hue(id)}`} style={{ width: size, height: size }} aria-hidden="true">
      <Users size={size * 0.48} />
    </span>
  )
}

/** Ids end in a counter that is mostly zero, so all digits take part. */
function hue(id: Id): number {
  let sum = 7
  for (const digit of id) sum = (sum * 31 + digit.charCodeAt(0)) % 9973
  return sum % HUES
}
