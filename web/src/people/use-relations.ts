import type { FriendState, Id, Relation, RelationKind } from '@madang/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useApi } from '../app/session'
import { POSTS } from '../feed/posts'
import { useAction } from '../ui/use-action'

export interface Bond {
  friend?: FriendState
  friendSince?: string
  follow: boolean
  /** Whether what they pass on comes along. */
  shares: boolean
  mute: boolean
  block: boolean
}

const kinds: RelationKind[] = ['friend', 'follow', 'mute', 'block']
export const noBond: Bond = { follow: false, shares: true, mute: false, block: false }

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
  /** Does something that changes how one stands to people, and with it what one reads. */
  const act = (action: () => Promise<unknown>) =>
    run(async () => {
      await action()
      await Promise.all([['relations'], [POSTS]].map((queryKey) => queries.invalidateQueries({ queryKey })))
    })
  const change = (kind: RelationKind, user: Id, wanted: boolean) => act(() => (wanted ? api.relations.set(kind, user) : api.relations.clear(kind, user)))
  return { relations: data, bonds, busy, act, change }
}

export function bondsOf(relations: readonly Relation[]): Record<Id, Bond> {
  const bonds: Record<Id, Bond> = {}
  for (const { user, kind, state, shares, created_at } of relations) {
    const bond = (bonds[user.id] ??= { ...noBond })
    if (kind === 'friend') Object.assign(bond, { friend: state, friendSince: created_at })
    else bond[kind] = true
    if (kind === 'follow') bond.shares = shares ?? true
  }
  return bonds
}

/** All pages of a list that is bounded. */
export async function readAll<T>(read: (cursor: string | undefined) => Promise<{ items: T[]; next: string | null }>): Promise<T[]> {
  const all: T[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    all.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor)
  return all
}
