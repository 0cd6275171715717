// tus-js-client plays one scenario after another against any tus server and tells what it saw.
//
// Standard input: {"endpoint", "headers", "files": {name: {"path", "metadata"}}}; standard output: one JSON object,
// scenario -> {"exchanges": [[method, offset sent, status, offset told]], "outcome", ...}.

import fs from 'node:fs';
import crypto from 'node:crypto';
import * as tus from 'tus-js-client';

const CHUNK = 64 * 1024;
const PATIENCE = [20, 50, 100, 200, 400, 800]; // ms; the server may still be busy with what a cut line brought (423)
const { endpoint, headers, files } = JSON.parse(fs.readFileSync(0, 'utf8'));

class Seen {
  constructor(name) {
    this.file = files[name];
    this.data = fs.readFileSync(this.file.path);
    this.exchanges = [];
    this.outcome = null;
    this.moved = 0; // bytes that the server acknowledged, as the client was told
  }

  options(more = {}) {
    return {
      endpoint,
      headers,
      metadata: this.file.metadata,
      retryDelays: [],
      storeFingerprintForResuming: false,
      onAfterResponse: (request, response) => {
        const offset = response.getHeader('Upload-Offset');
        this.exchanges.push([
          request.getMethod(),
          request.getHeader('Upload-Offset') ?? null,
          response.getStatus(),
          offset === undefined || offset === null ? null : Number(offset),
        ]);
      },
      onChunkComplete: (size) => (this.moved += size),
      ...more,
    };
  }

  run(more = {}) {
    return new Promise((done) => {
      const upload = new tus.Upload(this.data, {
        ...this.options(more),
        onSuccess: () => done(this.end('success', upload)),
        onError: (fault) => done(this.end('failure', upload, fault)),
      });
      upload.start();
    });
  }

  end(outcome, upload, fault) {
    this.outcome = outcome;
    this.status = fault?.originalResponse?.getStatus() ?? null;
    this.url = upload.url;
    return this;
  }

  // Sends pieces until `enough` of them are acknowledged, then hangs up in the middle of the next.
  cut(enough) {
    return new Promise((done, failed) => {
      let pieces = 0;
      const upload = new tus.Upload(this.data, {
        ...this.options({ chunkSize: CHUNK }),
        onChunkComplete: async () => {
          pieces += 1;
          if (pieces < enough) return;
          setImmediate(async () => {
            await upload.abort();
            this.url = upload.url;
            done(this);
          });
        },
        onSuccess: () => failed(new Error('it was too fast to be cut')),
        onError: failed,
      });
      upload.start();
    });
  }

  told() {
    const { exchanges, outcome, status, moved } = this;
    return { exchanges, outcome, status, moved, absolute: /^http:\/\/127\.0\.0\.1:\d+\//.test(this.url ?? '') };
  }
}

async function ask(method, url) {
  const answer = await fetch(url, { method, headers: { ...headers, 'Tus-Resumable': '1.0.0' } });
  return [answer.status, answer.headers.get('upload-offset'), answer.headers.get('upload-length')];
}

function checked(seen, spoil) {
  return {
    chunkSize: CHUNK,
    onBeforeRequest: (request) => {
      if (request.getMethod() !== 'PATCH') return;
      const offset = Number(request.getHeader('Upload-Offset'));
      const piece = seen.data.subarray(offset, offset + CHUNK);
      const digest = crypto.createHash('sha1').update(spoil ? 'something else' : piece).digest('base64');
      request.setHeader('Upload-Checksum', `sha1 ${digest}`);
    },
  };
}

const scenarios = {
  whole: () => new Seen('whole').run(),
  chunked: () => new Seen('chunked').run({ chunkSize: CHUNK }),
  'creation with upload': () => new Seen('at once').run({ uploadDataDuringCreation: true }),
  'creation with upload, in pieces': () =>
    new Seen('at once in pieces').run({ uploadDataDuringCreation: true, chunkSize: CHUNK }),
  'POST for PATCH': () => new Seen('overridden').run({ overridePatchMethod: true, chunkSize: CHUNK }),
  'no bytes at all': () => new Seen('empty').run(),
  checksum: () => {
    const seen = new Seen('checked');
    return seen.run(checked(seen, false));
  },
  'wrong checksum': () => {
    const seen = new Seen('spoilt');
    return seen.run(checked(seen, true));
  },
  'not what was declared': () => new Seen('other').run({ chunkSize: CHUNK }),
  'too large': () => new Seen('too large').run({ uploadSize: 64 * 1024 * 1024 + 1 }),
  'length told later': () => new Seen('deferred').run({ uploadLengthDeferred: true, chunkSize: CHUNK }),
  'in parallel parts': () => new Seen('parts').run({ parallelUploads: 2, metadataForPartialUploads: files.parts.metadata }),
  'no such upload': () => new Seen('nowhere').run({ endpoint: null, uploadUrl: `${endpoint}00000000-0000-7000-8000-000000000000` }),

  'cut and resumed': async () => {
    const first = await new Seen('cut').cut(2);
    const stands = Number((await ask('HEAD', first.url))[1]);
    const second = await new Seen('cut').run({ uploadUrl: first.url, chunkSize: CHUNK, retryDelays: PATIENCE });
    return { outcome: second.outcome, methods: [...new Set(second.exchanges.map(([method]) => method))], stands, moved: second.moved };
  },

  terminated: async () => {
    const seen = await new Seen('terminated').cut(1);
    await tus.Upload.terminate(seen.url, seen.options({ retryDelays: PATIENCE }));
    return { exchanges: seen.exchanges.slice(-1), gone: [404, 410].includes((await ask('HEAD', seen.url))[0]) };
  },

  'five at once': async () => {
    const all = await Promise.all([0, 1, 2, 3, 4].map((each) => new Seen(`beside ${each}`).run({ chunkSize: CHUNK })));
    return { outcomes: all.map((seen) => seen.told()) };
  },

  finished: async () => {
    const seen = await new Seen('finished').run();
    const again = await new Seen('finished').run({ uploadUrl: seen.url });
    return { ...again.told(), stands: await ask('HEAD', seen.url) };
  },
};

const found = {};
for (const [name, play] of Object.entries(scenarios)) {
  const seen = await play();
  found[name] = seen instanceof Seen ? seen.told() : seen;
}
console.log(JSON.stringify(found));
