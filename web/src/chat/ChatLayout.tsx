import { useState } from 'react'
import { Outlet, useMatch } from 'react-router'
import { useShortcut } from '../app/use-shortcut'
import { NewRoomDialog } from './NewRoomDialog'
import { RoomList } from './RoomList'

/** Two panes on a desk, one at a time on a phone: the list, or the room over it. */
export function ChatLayout() {
  const inRoom = useMatch('/rooms/:id') !== null
  const [creating, setCreating] = useState(false)
  useShortcut((event) => event.altKey && event.code === 'KeyN', () => setCreating(true))
  return (
    <main id="main" tabIndex={-1} className={`chat${inRoom ? ' in-room' : ''}`}>
      <RoomList onNew={() => setCreating(true)} />
      <Outlet />
      {creating && <NewRoomDialog onClose={() => setCreating(false)} />}
    </main>
  )
}
