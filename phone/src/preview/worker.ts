/** Draws previews beside the page: decoding twelve megapixels would hold the page's typing up. */
import { draw, type Made } from "./draw.ts";

export interface Wanted {
  original: Blob;
  lines: string[];
}

interface Scope {
  onmessage: ((event: MessageEvent<Wanted>) => void) | null;
  postMessage(made: Made, given: ArrayBuffer[]): void;
}

const scope = globalThis as unknown as Scope;
scope.onmessage = ({ data }) => {
  const told = draw(data.original, data.lines);
  void told.catch(() => null).then((made) => scope.postMessage(made, made ? [made] : []));
};
