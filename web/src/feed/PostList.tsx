import type { List, Post } from '@madang/client'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { EndlessList } from '../crawl/EndlessList'
import { PostCard } from './PostCard'

export function PostList({ pages, label, empty }: { pages: UseInfiniteQueryResult<InfiniteData<List<Post>>>; label: string; empty: ReactNode }) {
  return (
    <EndlessList pages={pages} empty={empty}>
      {(posts) => <ul className="posts" aria-label={label}>{posts.map((post) => <li key={post.id}><PostCard post={post} /></li>)}</ul>}
    </EndlessList>
  )
}
