/** Shapes of `/v1/crawls` and `/v1/search/pages`. */
import type { Id } from './types.ts'

export type CrawlScope = 'host' | 'domain' | 'prefix' | 'any'
export type CrawlState = 'running' | 'paused' | 'stopped' | 'finished' | 'failed'
export type StatusClass = '2xx' | '3xx' | '4xx' | '5xx' | 'none'
export type DuplicateKind = 'canonical' | 'body' | 'near'

export interface CrawlSettings {
  seeds: string[]
  scope: CrawlScope
  /** Absent: to the end of what is reachable. */
  max_pages?: number
  max_depth: number
  /** Between the end of a response and the next request to the same host. */
  delay_ms: number
  /** Absent: half of `delay_ms`. */
  domain_delay_ms?: number
  /** Absent: a quarter of `delay_ms`. */
  address_delay_ms?: number
  latency_factor: number
  max_delay_ms: number
  agent: string
  /** CIDR. */
  allow: string[]
  obey_nofollow: boolean
  recrawl: boolean
  min_recrawl_seconds: number
  max_recrawl_seconds: number
  max_page_bytes: number
  archive: boolean
  search: boolean
  concurrency: number
  domain_budget: number
  budget_per_reference: number
  /** Whether pictures, archives and the like are left out by the ending of their path. */
  documents_only: boolean
  /** Whether what many pages link to is fetched sooner. */
  follow_importance: boolean
  boosts: BoostRule[]
}

export interface BoostRule {
  /** The beginning of a URL, or of its path when it starts with a slash; `*` is any text and a last `$` the end. */
  pattern: string
  /** 1 to 15 is sooner, -1 to -15 later. */
  classes: number
}

export type ExportFormat = 'jsonl' | 'csv' | 'links' | 'nodes'

/** Everything but the seeds has a default. */
export type NewCrawl = Pick<CrawlSettings, 'seeds'> & Partial<CrawlSettings> & { name?: string }

export interface CrawlProgress {
  fetched: number
  per_second: number
  hosts: number
  in_flight: number
  waiting: number
  resting: number
  parked: number
  done: number
  gone: number
  refused: number
  /** Of bodies, decoded. */
  bytes: number
  /** Of bodies, as transferred. */
  wire_bytes: number
  statuses: Partial<Record<StatusClass, number>>
  /** By code of the fetcher: `header_timeout`. */
  faults: Record<string, number>
  refused_by: Record<string, number>
  duplicates: Partial<Record<DuplicateKind, number>>
  eta_ms?: number
  elapsed_ms: number
}

export interface Crawl {
  id: Id
  name?: string
  state: CrawlState
  settings: CrawlSettings
  created_by?: Id
  created_at: string
  finished_at?: string
  /** Why it failed, for who reads a log. */
  failure?: string
  progress: CrawlProgress
}

export interface CrawledPage {
  url: string
  /** 0 when there was no answer, with `fault`. */
  status: number
  fault?: string
  title?: string
  language?: string
  content_type?: string
  depth: number
  words: number
  bytes: number
  elapsed_ms: number
  fetched_at: string
  /** Without `url` when the other page is not known any more. */
  duplicate?: { kind: DuplicateKind; url?: string }
  /** Where a redirect led, or the canonical URL. */
  target?: string
  /** 0 (fine) to 100. */
  noise: number
  no_index: boolean
  changes: number
  fetches: number
  /** The response record in the WARC. */
  archive?: { file: string; offset: number; length: number }
}

/** An origin and its clock. */
export interface CrawlHost {
  id: Id
  origin: string
  domain: string
  address?: string
  region?: string
  waiting: number
  fetched: number
  parked: number
  /** Absent when it may be asked at once. */
  next_at?: string
  /** Why `next_at` lies further away than a delay: `retry_after`, `errors`, `robots_unreachable`. */
  block?: string
  latency_ms: number
  /** Failures in a row. */
  errors: number
  robots: { status: number; fetched_at?: string; crawl_delay_ms?: number }
}

export interface ExplainedHost {
  origin: string
  domain: string
  waiting: number
  fetched: number
  parked: number
  /** Between the end of a response and the next request. */
  delay_ms: number
  latency_ms: number
  errors: number
  block?: string
  /** When host, domain and address all let a request through; absent when they do now. */
  opens_at?: string
  /** Each clock that is not yet open. */
  gates: { gate: 'host' | 'domain' | 'address'; opens_at: string }[]
  /** `status` is absent when it was not asked for yet; `line` is the one that decides, from 1. */
  robots: { status?: number; fetched_at?: string; allowed?: boolean; line?: number; crawl_delay_ms?: number }
}

export interface UrlReason {
  /** Stable. */
  code: string
  /** In words, in English. */
  detail: string
  /** What these words tell beside the code. */
  facts?: {
    scope?: CrawlScope
    limit?: number
    line?: number
    template?: string
    count?: number
    of?: number
    fault?: string
    status?: number
    kind?: DuplicateKind
    url?: string
    until?: string
    gates?: ('host' | 'domain' | 'address')[]
  }
}

export interface PriorityTerm {
  name: string
  /** Positive is later. */
  classes: number
  /** In words, in English. */
  detail: string
  /** The number that it comes from: links, importance, share of visits, priority of a sitemap, days. */
  amount?: number
  /** Of the term `boost`. */
  rules?: BoostRule[]
}

/** Why a URL is next, waiting or refused. */
export interface UrlExplanation {
  /** Normalised. */
  url: string
  /** `unknown`, `refused`, `next`, `waiting`, `resting`, `parked`, `fetched` or `gone`. */
  verdict: string
  /** The verdict in words, in English. */
  sentence: string
  reasons: UrlReason[]
  /** Priority class, 0 (first) to 15. */
  class?: number
  /** What the class is made of; positive is later. */
  terms: PriorityTerm[]
  /** How many URLs of its host stand before it. */
  place?: number
  depth?: number
  referrer?: string
  /** Visits that failed. */
  attempts?: number
  /** When it is due, or when its host lets the next request through. */
  next_at?: string
  page?: {
    status: number
    fault?: string
    fetched_at: string
    duplicate?: DuplicateKind
    original?: string
    noise: number
    importance: number
    visits: number
    changes: number
    missing: number
    interval_seconds?: number
  }
  host?: ExplainedHost
  budget?: { template: string; fetched: number; repeats: number; domain_fetched?: number; domain_allowance?: number; domain_references?: number }
}

export interface FoundPage {
  url: string
  title?: string
  /** In order; the hits are what was searched for. */
  snippet: { text: string; hit: boolean }[]
  score: number
  crawl_id: Id
  fetched_at: string
}
