// Crawlee's CheerioCrawler on the same sites, storage in memory.
const { CheerioCrawler, Configuration } = require('crawlee');

const config = new Configuration({ persistStorage: false, purgeOnStart: true, logLevel: 'ERROR' });
const crawler = new CheerioCrawler({
  minConcurrency: 16,
  maxConcurrency: 64,
  maxRequestRetries: 0,
  useSessionPool: false,
  persistCookiesPerSession: false,
  respectRobotsTxtFile: true,
  autoscaledPoolOptions: { desiredConcurrency: 32 },
  requestHandler: async ({ enqueueLinks }) => { await enqueueLinks({ strategy: 'all' }); },
}, config);

crawler.run(process.env.SEEDS.split(/\s+/).filter(Boolean)).then(() => process.exit(0));
