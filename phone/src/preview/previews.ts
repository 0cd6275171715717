/** One preview at a time: sixty photos opened at once are decoded one after another, in a worker where there is one. */
import { draw, type Made } from "./draw.ts";
import type { Wanted } from "./worker.ts";

let worker: Worker | null = null;
let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

export function preview(original: Blob, lines: string[]): Promise<Made> {
  waiting += 1;
  const made = last.then(() => (inWorker() ? ask({ original, lines }) : draw(original, lines)));
  last = made.catch(() => undefined).then(rest);
  return made;
}

/** With nothing more to draw the worker ends: what decoding left in its memory goes with it. */
function rest(): void {
  waiting -= 1;
  if (waiting === 0) end();
}

function end(): void {
  worker?.terminate();
  worker = null;
}

function inWorker(): boolean {
  return typeof Worker !== "undefined" && typeof OffscreenCanvas !== "undefined";
}

/** A worker that does not come up, or dies of a picture, is replaced; the page draws that one itself. */
function ask(wanted: Wanted): Promise<Made> {
  worker ??= new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const here = worker;
  return new Promise((resolve) => {
    here.onmessage = ({ data }: MessageEvent<Made>) => resolve(data);
    here.onerror = () => {
      end();
      resolve(draw(wanted.original, wanted.lines));
    };
    here.postMessage(wanted);
  });
}
