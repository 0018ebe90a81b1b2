import type { Post } from '@madang/client'
import { Link } from 'react-router'
import { wordsOf } from './words'

export function PostText({ post }: { post: Post }) {
  return (
    <p className="post-text" dir="auto">
      {wordsOf(post).map((word, index) => {
        if (word.kind === 'link') return <a key={index} href={word.href} target="_blank" rel="noopener noreferrer nofollow">{word.text}</a>
        if (word.kind === 'person') return <Link key={index} to={`/people/${word.id}`}>{word.text}</Link>
        if (word.kind === 'tag') return <Link key={index} className="post-tag" to={`/tags/${encodeURIComponent(word.key)}`}>{word.text}</Link>
        return word.text
      })}
    </p>
  )
}
