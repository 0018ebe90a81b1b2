import type { Id, Post } from '@madang/client'
import { useQueryClient } from '@tanstack/react-query'
import { useAction } from '../ui/use-action'
import { changePost } from './posts'

type Change = (post: Post) => Post

/** Shows a change of a post at once, and takes it back where the server refuses it or cannot be reached. One at a time. */
export function useOptimistic(id: Id): (now: Change, before: Change, send: () => Promise<unknown>) => void {
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const show = (change: Change) => changePost(queries, id, (post) => change(post))
  return (now, before, send) => {
    if (busy) return
    show(now)
    void run(send).then((done) => {
      if (!done) show(before)
    })
  }
}
