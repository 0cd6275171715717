/** Run one scenario of visit.ts against a real server: the job as JSON on stdin, what the phone saw as JSON on stdout. */
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { runnerImport } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const { module } = await runnerImport(join(here, "visit.ts"), { root: here, configFile: false, logLevel: "error" });
const job = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(await module.play(job)));
