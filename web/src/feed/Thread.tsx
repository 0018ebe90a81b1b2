import { type Id, newClientId, type Post } from '@madang/client'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { useApi } from '../app/session'
import { overLimit, sendsOn, textToSend } from '../chat/text'
import { errorText } from '../i18n/error-text'
import { useI18n } from '../i18n/i18n'
import { Spinner } from '../ui/Spinner'
import { useAction } from '../ui/use-action'
import { PostCard } from './PostCard'
import { addComment, POSTS } from './posts'

/** So deep answers stand under each other; further down each has a page of its own. */
const DEPTH = 3
const PAGE = 30
/** A short thread is looked at again while its page is seen. */
const LOOK_MS = 20_000

/** What answers a post or comment, and a box to answer in. */
export function Thread({ post }: { post: Post }) {
  const { t } = useI18n()
  return (
    <section className="thread" aria-label={t('post.thread')}>
      <AnswerBox post={post.id} />
      <Answers post={post.id} depth={0} />
    </section>
  )
}

/** One level, oldest first. */
function Answers({ post, depth }: { post: Id; depth: number }) {
  const { t } = useI18n()
  const api = useApi()
  const pages = useInfiniteQuery({
    queryKey: [POSTS, 'comments', post],
    queryFn: ({ pageParam }) => api.posts.comments(post, { cursor: pageParam, limit: PAGE }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
    refetchInterval: (query) => (depth === 0 && query.state.data?.pages.length === 1 ? LOOK_MS : false),
  })
  const comments = [...new Map((pages.data?.pages ?? []).flatMap((page) => page.items).map((each) => [each.id, each])).values()]
  return (
    <>
      {pages.isPending && <Spinner />}
      {pages.isError && <p className="form-error" role="alert">{errorText(t, pages.error)}</p>}
      {comments.length > 0 && <ul className={depth === 0 ? 'posts' : 'posts answers'}>{comments.map((comment) => <li key={comment.id}><Comment comment={comment} depth={depth} /></li>)}</ul>}
      {pages.hasNextPage && <button type="button" className="button small" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t('action.more')}</button>}
    </>
  )
}

function Comment({ comment, depth }: { comment: Post; depth: number }) {
  const { t } = useI18n()
  const [answering, setAnswering] = useState(false)
  const [unfolded, setUnfolded] = useState(false)
  const count = comment.counts.comments
  const isDeep = depth + 1 >= DEPTH
  return (
    <div className="comment">
      <PostCard post={comment} onAnswer={isDeep ? undefined : () => setAnswering(!answering)} />
      {answering && <AnswerBox post={comment.id} isNew onDone={() => { setAnswering(false); setUnfolded(true) }} />}
      {count > 0 && !unfolded && (isDeep
        ? <Link className="link-button" to={`/posts/${comment.id}`}>{t('post.answers', { count })}</Link>
        : <button type="button" className="link-button" aria-expanded={false} onClick={() => setUnfolded(true)}>{t('post.answers', { count })}</button>)}
      {unfolded && <Answers post={comment.id} depth={depth + 1} />}
    </div>
  )
}

function AnswerBox({ post, isNew = false, onDone }: { post: Id; isNew?: boolean; onDone?: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const queries = useQueryClient()
  const { busy, run } = useAction()
  const [text, setText] = useState('')
  const box = useRef<HTMLTextAreaElement>(null)
  const attempt = useRef({ text: '', id: '' })
  useEffect(() => {
    if (isNew) box.current?.focus()
  }, [isNew])
  const over = overLimit(text)
  const label = t(isNew ? 'post.reply' : 'post.answer')
  const ready = textToSend(text) !== '' && over === 0 && !busy
  const send = async () => {
    const done = await run(async () => {
      const words = textToSend(text)
      // The same words go out under the same client id until they have arrived.
      if (attempt.current.text !== words) attempt.current = { text: words, id: newClientId() }
      const comment = await api.posts.comment(post, { text: words, client_id: attempt.current.id })
      attempt.current = { text: '', id: '' }
      setText('')
      addComment(queries, comment)
    })
    if (done) onDone?.()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!(event.ctrlKey || event.metaKey) || !sendsOn(event.nativeEvent)) return
    event.preventDefault()
    if (ready) void send()
  }
  return (
    <form className="card answer-box" onSubmit={(event: FormEvent) => { event.preventDefault(); if (ready) void send() }}>
      <textarea ref={box} rows={2} value={text} aria-label={label} aria-invalid={over > 0 || undefined} placeholder={label} onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown} />
      {over > 0 && <p className="composer-error" role="alert">{t('post.tooLong', { bytes: over.toLocaleString() })}</p>}
      <div className="button-row"><button className="button primary small" disabled={!ready}>{t(isNew ? 'post.replySend' : 'post.answerSend')}</button></div>
    </form>
  )
}
