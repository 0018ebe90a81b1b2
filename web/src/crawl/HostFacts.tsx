import type { CrawlHost } from '@madang/client'
import type { ReactNode } from 'react'
import { useI18n } from '../i18n/i18n'
import { crawlCode, durationText, numberText, shortNumber } from './text'

/** A host's clock and books; the view of hosts lays them out in columns, explaining below each other. */
export function HostFacts({ host, now, ended }: { host: Omit<CrawlHost, 'id'>; now: number; ended?: boolean }) {
  const { t, locale } = useI18n()
  return (
    <dl className="host-facts">
      <Fact name={t('crawl.hosts.clock')}>
        <Clock host={host} now={now} ended={ended} />
        {host.block && <span className="tag warn">{crawlCode(t, host.block)}</span>}
        {host.errors > 0 && <small>{t('crawl.hosts.errors')}: {numberText(host.errors, locale)}</small>}
      </Fact>
      <Fact name={t('crawl.hosts.queue')}>
        {shortNumber(host.waiting, locale)}
        {host.parked > 0 && <small>{t('crawl.hosts.parked', { count: host.parked })}</small>}
      </Fact>
      <Fact name={t('crawl.hosts.fetched')}>{shortNumber(host.fetched, locale)}</Fact>
      <Fact name={t('crawl.hosts.latency')}>{host.latency_ms > 0 ? durationText(host.latency_ms, locale) : '–'}</Fact>
      <Fact name={t('crawl.hosts.robots')}><Robots robots={host.robots} /></Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Clock({ host, now, ended }: { host: Omit<CrawlHost, 'id'>; now: number; ended?: boolean }) {
  const { t, locale } = useI18n()
  if (ended || host.waiting === 0) return <span className="quiet-text">{t('crawl.hosts.nothingDue')}</span>
  const leftMs = host.next_at === undefined ? 0 : new Date(host.next_at).getTime() - now
  // Whole seconds: it ticks once a second.
  return <span className="clock">{leftMs <= 500 ? t('crawl.hosts.nowDue') : t('crawl.hosts.nextIn', { time: durationText(Math.max(1, Math.round(leftMs / 1000)) * 1000, locale) })}</span>
}

function Robots({ robots }: { robots: CrawlHost['robots'] }) {
  const { t, locale } = useI18n()
  const text = robots.fetched_at === undefined
    ? t('crawl.hosts.robotsNone')
    : robots.status >= 200 && robots.status < 300
      ? t('crawl.hosts.robotsFine')
      : robots.status >= 400 && robots.status < 500
        ? t('crawl.hosts.robotsAbsent')
        : t('crawl.hosts.robotsAway')
  return (
    <>
      {text}
      {robots.crawl_delay_ms !== undefined && <small>{t('crawl.hosts.crawlDelay', { time: durationText(robots.crawl_delay_ms, locale) })}</small>}
    </>
  )
}
