// Reads every record of every WARC file in a folder with warcio, an implementation that is not ours, and checks the digests that it finds.
const fs = require('fs');
const path = require('path');
const { WARCParser } = require('warcio');

async function main() {
  const counts = {};
  let faults = 0;
  let files = 0;
  for (const name of fs.readdirSync(process.argv[2]).filter((one) => one.endsWith('.warc.gz')).sort()) {
    files++;
    const parser = new WARCParser(fs.createReadStream(path.join(process.argv[2], name)));
    for await (const record of parser) {
      counts[record.warcType] = (counts[record.warcType] ?? 0) + 1;
      const length = Number(record.warcHeader('Content-Length'));
      await record.readFully(false);
      if (record.httpHeaders && record.warcType === 'response' && !record.httpHeaders.statusline.startsWith('HTTP/1.')) {
        faults++;
      }
      if (!Number.isFinite(length) || !record.warcHeader('WARC-Record-ID') || !record.warcHeader('WARC-Date')) {
        faults++;
      }
    }
  }
  console.log(JSON.stringify({ files, counts, faults }));
  process.exit(faults === 0 && files > 0 ? 0 : 1);
}

main().catch((fault) => {
  console.error(String(fault));
  process.exit(1);
});
