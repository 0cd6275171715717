/** Writes the service worker with the list of what the app is made of. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Plugin } from "vite";

const SOURCE = fileURLToPath(new URL("../src/app/sw.js", import.meta.url));
const PAGE = fileURLToPath(new URL("../index.html", import.meta.url));

export function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    generateBundle(_, bundle) {
      const files = Object.keys(bundle).filter((name) => name !== "index.html").sort();
      const version = createHash("sha256").update(readFileSync(PAGE)).update(files.join()).digest("hex").slice(0, 12);
      const source = readFileSync(SOURCE, "utf-8")
        .replace("__VERSION__", version)
        .replace("__FILES__", JSON.stringify(files.map((name) => `/static/m/${name}`)));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}
