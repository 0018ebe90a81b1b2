import type { FriendState, Id, Relation, RelationKind } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useApi } from '../app/session'
import { useAction } from '../ui/use-action'

export interface Bond {
  friend?: FriendState
  friendSince?: string
  follow: boolean
  mute: boolean
  block: boolean
}

const kinds: RelationKind[] = ['friend', 'follow', 'mute', 'block']
export const noBond: Bond = { follow: false, mute: false, block: false }

/** All relations of one's own, by person. */
export function useRelations() {
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const { data } = useQuery({
    queryKey: ['relations'],
    queryFn: async () => (await Promise.all(kinds.map((kind) => readAll((cursor) => api.relations.list(kind, { cursor, limit: 100 }))))).flat(),
  })
  const bonds = useMemo(() => bondsOf(data ?? []), [data])
  const change = (kind: RelationKind, user: Id, wanted: boolean) =>
    run(async () => {
      await (wanted ? api.relations.set(kind, user) : api.relations.clear(kind, user))
      await queries.invalidateQueries({ queryKey: ['relations'] })
    })
  return { relations: data, bonds, busy, change }
}

export function bondsOf(relations: readonly Relation[]): Record<Id, Bond> {
  const bonds: Record<Id, Bond> = {}
  for (const { user, kind, state, created_at } of relations) {
    const bond = (bonds[user.id] ??= { ...noBond })
    if (kind === 'friend') Object.assign(bond, { friend: state, friendSince: created_at })
    else bond[kind] = true
  }
  return bonds
}

async function readAll(read: (cursor: string | undefined) => Promise<{ items: Relation[]; next: string | null }>): Promise<Relation[]> {
  const all: Relation[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    all.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor)
  return all
}
