/** Shapes of posts, lists of people, sources and moderation. */
import type { Cursor, Id, List } from './types.ts'

export type PostAudience = 'public' | 'followers' | 'friends' | 'list' | 'direct'

export interface PostCounts {
  /** Of a post everything under it, of a comment its direct answers. */
  comments: number
  likes: number
  shares: number
  /** By kind, beside likes. */
  reactions?: Record<string, number>
}

/** A post, share or comment. Of a deleted one only its place is there. */
export interface Post {
  id: Id
  author_id?: Id
  text?: string
  /** Absent on comments: whoever sees the post that they stand under sees them. */
  audience?: PostAudience
  media?: unknown[]
  /** Hashtags by their keys: NFC, lower case. */
  tags?: string[]
  /** The name as it stands in the text, without the @. */
  mentions?: { user_id: Id; name: string }[]
  /** The first address in the text. */
  link?: string
  share_of?: Id
  root_id?: Id
  parent_id?: Id
  list_id?: Id
  /** Out of everybody's sight but its author's. */
  hidden?: boolean
  deleted?: boolean
  version?: number
  created_at: string
  edited_at?: string
  counts: PostCounts
  /** What the reader did. */
  viewer: { liked: boolean; bookmarked: boolean; shared: boolean; reactions?: string[] }
  /** What a share passes on. */
  shared?: Post
}

export interface FeedPage extends List<Post> {
  /** Reads what lies between this page and what is held; absent when nothing does. */
  gap?: Cursor
  /** Who else shared what a post of the page says, by the id of the post. */
  also_shared?: Record<Id, Id[]>
}

export interface NewPost {
  /** The same one again answers the post that is there already: see `newClientId`. */
  client_id: string
  text: string
  /** `public` unless said otherwise. */
  audience?: PostAudience
  /** One of one's own lists, with the audience `list`. */
  list_id?: Id
}

/** What is absent stays as it is. */
export interface PostChange {
  text?: string
  audience?: PostAudience
  list_id?: Id
  /** The version that was changed: refused with `version_conflict` when there is a newer one. */
  version?: number
}

export interface PostVersion {
  version: number
  text: string
  /** When the next version took its place; absent for the one that stands. */
  ended_at?: string
}

export type ReactionKind = 'like' | 'love' | 'laugh' | 'wow' | 'sad' | 'angry'

export interface Reactor {
  user_id: Id
  reactions: ReactionKind[]
}

/** What is kept to be published later, by hand or at its time. */
export interface NewDraft {
  text: string
  audience?: PostAudience
  list_id?: Id
  /** When it is published by itself; absent, it waits. */
  publish_at?: string
}

export interface Draft {
  id: Id
  text: string
  audience: PostAudience
  list_id?: Id
  publish_at?: string
  /** The code of the refusal with which it could not be published at its time; then it has no time any more. */
  refused?: string
  created_at: string
  updated_at: string
}

/** Why a post is in one's home feed, or why not. */
export type Ranker = 'chronological' | 'scored'

/** A part of a score: what was found, what it counts, and what it added or took. */
export interface FeedFactor {
  name: 'recency' | 'affinity' | 'engagement' | 'tag' | 'repeat'
  value: number
  weight: number
  points: number
}

/** Why a post stands where it does; the score is the sum of the factors' points. */
export interface FeedReason {
  /** How it comes into the feed: own, followee, friend, direct, tag. */
  by: string[]
  score: number
  factors: FeedFactor[]
}

/** Behind what was ranked the feed goes on in the order of time, and its pages have neither. */
export interface RankedFeedPage extends FeedPage {
  ranker?: Ranker
  /** By the id of the post. */
  why?: Record<Id, FeedReason>
}

/** Whoever has one of these addresses reads the home feed. */
export interface FeedToken {
  created_at: string
  token: string
  atom_url: string
  json_url: string
}

/** What became of a list of subscriptions. */
export interface ImportedSources {
  rows: number
  taken: number
  not_taken: number
  /** How often an address was named again. */
  duplicates: number
  /** `code` says why a row was refused, or why a source that stands is not followed. */
  items: { row: number; url: string; outcome: 'created' | 'existing' | 'refused'; code?: string; source?: Source }[]
}

export interface FeedExplanation {
  post_id: Id
  user_id: Id
  in_feed: boolean
  /** How it comes into the feed: own, followee, friend, direct, tag. */
  by: string[]
  /** What keeps it out. */
  without: string[]
  /** Where its id is kept now: ring, pending, author_log, database. */
  place: string
  delivery?: 'push' | 'pull'
  /** Of a post in one's own feed: its score by each ranker, and where it stood in one's last reading. */
  rankings?: { ranker: Ranker; score: number; factors: FeedFactor[]; place?: number }[]
}

/** A feed or page of the web as somebody to follow. */
export interface Source {
  id: Id
  url: string
  /** `feed`: RSS, Atom, JSON Feed; `pages`: what a page begins to link to. */
  kind: 'feed' | 'pages'
  /** The author of its posts. */
  user_id: Id
  created_by?: Id
  created_at: string
  last_item_at?: string
  /** How the crawler was answered last; absent before the first visit. */
  last_visit?: SourceVisit
}

/** What does not apply is absent: `at` when it was never fetched, `status` without an answer, `next_at` when it is not looked at again. */
export interface SourceVisit {
  /** False: nothing new can come until this is mended. */
  ok: boolean
  at?: string
  status?: number
  /** Why it was not answered or is not asked: `no_such_host`, `robots`, `not_found`. */
  code?: string
  next_at?: string
}

/** What became of an imported file. */
export interface Imported {
  rows: number
  /** How many of them are so now, whether they were before or not. */
  taken: number
  not_taken: number
  /** By line; the first thousand. */
  refused: { line: number; address: string; code: string }[]
}

/** What the page behind a link says of itself. */
export interface LinkPreview {
  /** Where it leads, after redirects. */
  url: string
  title: string
  description?: string
  /** The other site's: whoever shows it tells that site so. */
  image?: string
  icon?: string
  site_name?: string
  kind: string
  fetched_at: string
}

export interface PeopleList {
  id: Id
  title: string
  /** Whether its people leave the home timeline. */
  exclusive: boolean
  members: number
  created_at: string
}

export type ReportReason = 'spam' | 'harassment' | 'hate' | 'violence' | 'sexual' | 'self_harm' | 'illegal' | 'other'

/** About a post or about a person, one of them. */
export type NewReport = ({ post_id: Id } | { user_id: Id }) & { reason: ReportReason; text?: string }

export interface Report {
  id: Id
  reporter_id: Id
  post_id?: Id
  /** Whom it is about. */
  user_id: Id
  reason: ReportReason
  text: string
  /** What the post said when it was reported. */
  excerpt?: string
  state: 'open' | 'resolved' | 'dismissed'
  created_at: string
  closed_by?: Id
  closed_at?: string
  note?: string
}

export type ModerationAct = 'hide_post' | 'restore_post' | 'suspend_user' | 'restore_user' | 'resolve_report' | 'dismiss_report'

export interface ModerationEntry {
  id: Id
  /** Absent for a key of a server and for the operator of the machine. */
  by?: Id
  act: ModerationAct
  post_id?: Id
  user_id?: Id
  report_id?: Id
  note?: string
  at: string
}
