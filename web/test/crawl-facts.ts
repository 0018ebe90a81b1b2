import type { Crawl, CrawlProgress, CrawlSettings } from '@madang/client'

/** Nothing was fetched yet, but for what a test says. */
export const progressOf = (more: Partial<CrawlProgress> = {}): CrawlProgress => ({
  fetched: 0, per_second: 0, hosts: 0, in_flight: 0, waiting: 0, resting: 0, parked: 0, done: 0, gone: 0, refused: 0, bytes: 0, wire_bytes: 0,
  statuses: {}, faults: {}, refused_by: {}, duplicates: {}, elapsed_ms: 0, ...more,
})

export const settingsOf = (more: Partial<CrawlSettings> = {}): CrawlSettings => ({
  seeds: ['https://example.org/'], scope: 'host', max_depth: 64, delay_ms: 1_000, latency_factor: 5, max_delay_ms: 60_000, agent: 'Madang', allow: [],
  obey_nofollow: true, recrawl: false, min_recrawl_seconds: 3_600, max_recrawl_seconds: 1_209_600, max_page_bytes: 8_388_608, archive: true, search: true,
  concurrency: 256, domain_budget: 1_000_000, budget_per_reference: 1_000, documents_only: true, follow_importance: true, boosts: [], ...more,
})

export const crawlOf = (more: Partial<Crawl> = {}): Crawl => ({
  id: '7', state: 'running', settings: settingsOf(), created_at: '2026-11-22T00:00:00Z', progress: progressOf(), ...more,
})
