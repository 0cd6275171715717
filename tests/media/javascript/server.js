// @tus/server with the duties of ours at the end of an upload: fsync, hash the whole anew, compare with what the client
// declared, give it its content address and make that name durable. The oracle of tests, the control of benchmarks.
//
// node server.js FOLDER [WORKERS]: serves tus at /files/ on a free port of 127.0.0.1, prints one line of JSON
// {"port", "workers": [pids]}, and ends when its standard input does.

import cluster from 'node:cluster';
import crypto from 'node:crypto';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

const [folder, workers = '1'] = process.argv.slice(2);
const parts = path.join(folder, 'uploads');
const blobs = path.join(folder, 'blobs');
const LIFETIME = 14 * 24 * 3600 * 1000;

async function sync(name) {
  const handle = await fsp.open(name);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function hashOf(name) {
  const digest = crypto.createHash('sha256');
  for await (const piece of fs.createReadStream(name, { highWaterMark: 256 * 1024 })) digest.update(piece);
  return digest.digest('hex');
}

async function finish(_request, upload) {
  const part = upload.storage.path;
  await sync(part);
  const found = await hashOf(part);
  if (found !== upload.metadata.sha256) throw { status_code: 460, body: 'not what was declared\n' };
  const shard = path.join(blobs, found.slice(0, 2), found.slice(2, 4));
  if (await fsp.mkdir(shard, { recursive: true })) await Promise.all([path.dirname(shard), blobs].map(sync));
  try {
    await fsp.link(part, path.join(shard, found)); // as cheap as a rename, and HEAD still finds the upload
  } catch (fault) {
    if (fault.code !== 'EEXIST') throw fault;
  }
  await sync(shard);
  return {};
}

function serve(port, told) {
  const datastore = new FileStore({ directory: parts, expirationPeriodInMilliseconds: LIFETIME });
  const tus = new Server({ path: '/files', datastore, maxSize: 64 * 1024 * 1024, onUploadFinish: finish });
  const server = http.createServer({ keepAliveTimeout: 60_000 }, tus.handle.bind(tus));
  server.listen(port, '127.0.0.1', () => told(server.address().port));
}

function tell(port, pids) {
  console.log(JSON.stringify({ port, workers: pids }));
}

function endWithInput() {
  process.stdin.on('end', () => process.exit(0)).resume();
}

if (cluster.isWorker) {
  serve(Number(process.env.UPLOAD_PORT), (port) => process.send({ port }));
} else {
  fs.mkdirSync(parts, { recursive: true });
  fs.mkdirSync(blobs, { recursive: true });
  endWithInput();
  if (workers === '1') {
    serve(0, (port) => tell(port, [process.pid]));
  } else {
    const probe = http.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(async () => {
        const made = Array.from({ length: Number(workers) }, () => cluster.fork({ UPLOAD_PORT: port }));
        await Promise.all(made.map((one) => new Promise((done) => one.once('message', done))));
        tell(port, made.map((one) => one.process.pid));
      });
    });
  }
}
