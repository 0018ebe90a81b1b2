'use strict';
// Producer and worker of one queue in one process, with that queue's own batch calls.
//   node queue_peer.cjs bullmq|graphile|rabbitmq URL COUNT WARMUP BATCH            says "ready", waits for a line, then "done SECONDS"
//   node queue_peer.cjs bullmq|graphile|rabbitmq URL COUNT 0 BATCH FOLDER          after kills: goes on until FOLDER/acked and FOLDER/performed agree
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');

const [system, url, countText, warmupText, batchText, folder] = process.argv.slice(2);
const [total, warmup, batch] = [countText, warmupText, batchText].map(Number);
const producers = 4;
const window = 4 * producers * batch;
// As long as what Madang's deliveries carry.
const filler = 'f47ac10b-58cc-4372-a567-0e02b2c3d479 chat.message apns '.padEnd(96, 'x');

let performed = 0;
let moved = () => {};
const journal = name => (folder ? fs.openSync(path.join(folder, name), 'a') : null);
const ackedFile = journal('acked');
const performedFile = journal('performed');

// The job itself: nothing but that it was done.
function perform(job) {
  if (performedFile !== null) fs.writeSync(performedFile, `${job.id}\n`);
}

function completed(count = 1) {
  performed += count;
  moved();
}

const movement = () => new Promise(resolve => { moved = resolve; });
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

async function bullmq() {
  const { Queue, Worker } = require('bullmq');
  const Redis = require('ioredis');
  const connect = () => { const redis = new Redis(url, { maxRetriesPerRequest: null }); redis.on('error', () => {}); return redis; };
  const queue = new Queue('bench', { connection: connect() });
  // A worker that died is noticed within seconds; the default, half a minute, would only make the run longer.
  const worker = new Worker('bench', async job => perform(job.data), {
    connection: connect(), concurrency: batch, lockDuration: 5_000, stalledInterval: 2_000, maxStalledCount: 1_000,
  });
  worker.on('completed', () => completed());
  for (const one of [queue, worker]) one.on('error', () => {});
  await worker.waitUntilReady();
  const opts = { removeOnComplete: true, attempts: 100 };
  return { add: jobs => queue.addBulk(jobs.map(data => ({ name: 'd', data, opts }))) };
}

async function graphile() {
  const { run, makeWorkerUtils, Logger } = require('graphile-worker');
  const { Pool } = require('pg');
  const pgPool = new Pool({ connectionString: url, max: 12 });
  pgPool.on('error', () => {});
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  // What a killed worker held stays locked for four hours unless somebody unlocks it.
  const { rows } = await pgPool.query('select distinct locked_by from graphile_worker._private_jobs where locked_by is not null');
  if (rows.length > 0) await utils.forceUnlockWorkers(rows.map(row => row.locked_by));
  const runner = await run({
    pgPool, logger, noHandleSignals: true, concurrency: 24, pollInterval: 200,
    preset: { worker: { localQueue: { size: 500, ttl: 60_000 }, completeJobBatchDelay: 5, failJobBatchDelay: 5 } },
    taskList: { d: async job => { perform(job); completed(); } },
  });
  runner.promise.catch(() => process.exit(3));
  return { add: jobs => utils.addJobs(jobs.map(payload => ({ identifier: 'd', payload }))) };
}

async function rabbitmq() {
  const amqp = require('amqplib');
  const connection = await amqp.connect(url);
  connection.on('error', () => {});
  connection.on('close', () => process.exit(3));
  const declare = async channel => {
    channel.on('error', () => {});
    await channel.assertQueue('bench', { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 } });
    return channel;
  };
  // Confirms have a channel to themselves.
  const out = await declare(await connection.createConfirmChannel());
  const back = await declare(await connection.createChannel());
  await back.prefetch(2 * batch);
  let [last, unacknowledged] = [null, 0];
  const acknowledge = () => {
    if (last === null) return;
    const [message, count] = [last, unacknowledged];
    [last, unacknowledged] = [null, 0];
    back.ack(message, true);
    completed(count);
  };
  await back.consume('bench', message => {
    perform(JSON.parse(message.content));
    last = message;
    if (++unacknowledged === 1) setImmediate(acknowledge);
    else if (unacknowledged >= batch) acknowledge();
  });
  return {
    add: jobs => Promise.all(jobs.map(job => new Promise((resolve, reject) =>
      out.sendToQueue('bench', Buffer.from(JSON.stringify(job)), { persistent: true }, fault => (fault ? reject(fault) : resolve()))))),
  };
}

let named = 0;
async function cycles(queue, count) {
  const before = performed;
  let sent = 0;
  const produce = async () => {
    while (sent < count) {
      if (sent - (performed - before) > window) { await Promise.race([movement(), pause(100)]); continue; }
      const jobs = Array.from({ length: Math.min(batch, count - sent) }, () => ({ id: `${process.pid}-${++named}`, filler }));
      sent += jobs.length;
      await queue.add(jobs);
      if (ackedFile !== null) fs.writeSync(ackedFile, jobs.map(job => `${job.id}\n`).join(''));
    }
  };
  await Promise.all(Array.from({ length: producers }, produce));
  if (folder) return;
  while (performed - before < count) await Promise.race([movement(), pause(100)]);
}

const lines = name => fs.readFileSync(path.join(folder, name), 'utf8').split('\n').slice(0, -1);

async function goOn(queue) {
  await cycles(queue, Math.max(0, total - lines('acked').length));
  for (let [open, since, quiet] = [-1, Date.now(), 0]; quiet < 5;) {
    await pause(200);
    const done = new Set(lines('performed'));
    const left = lines('acked').filter(id => !done.has(id)).length;
    if (left !== open) [open, since] = [left, Date.now()];
    quiet = left === 0 ? quiet + 1 : 0;
    if (Date.now() - since > 30_000) break;
  }
}

async function main() {
  const queue = await ({ bullmq, graphile, rabbitmq })[system]();
  if (folder) {
    await goOn(queue);
    console.log('done 0');
    return;
  }

  if (warmup > 0) await cycles(queue, warmup);
  await pause(300);
  console.log('ready');
  await new Promise(resolve => readline.createInterface({ input: process.stdin }).once('line', resolve));
  const began = process.hrtime.bigint();
  await cycles(queue, total);
  console.log(`done ${Number(process.hrtime.bigint() - began) / 1e9}`);
  await pause(300);
}

main().then(() => process.exit(0), fault => { console.error(fault); process.exit(3); });
