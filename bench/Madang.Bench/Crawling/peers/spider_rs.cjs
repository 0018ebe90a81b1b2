// spider-rs (the prebuilt Node binding) on the same sites. It follows links within one site, so every host is given as a site of its own.
const { Website } = require('@spider-rs/spider-rs');

const sites = process.env.SITES.split(/\s+/).filter(Boolean);
let pages = 0;
let next = 0;

async function worker() {
  while (next < sites.length) {
    const site = new Website(sites[next++]).withRespectRobotsTxt(true).withDelay(0).build();
    await site.crawl(() => { pages++; });
  }
}

Promise.all(Array.from({ length: 16 }, worker)).then(() => {
  console.log(pages);
  // The binding keeps its threads.
  process.exit(0);
});
