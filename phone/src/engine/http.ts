/** The port to the network, and what can go wrong on it. */
import { isObject, type JsonObject } from "./json.ts";

export interface Request {
  method: "GET" | "POST" | "HEAD" | "PATCH" | "DELETE";
  /** A path of the server, or the absolute address that it gave an upload. */
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  text: string;
}

export interface Http {
  /** Rejects with `LineDown` where no whole answer arrived: then nobody knows whether the request did. */
  send(request: Request): Promise<Answer>;
}

/** No answer, or none of the server's. */
export class LineDown extends Error {}

/** An answer that is no success: HTTP status, stable code, and how many seconds to wait (0 where not told). */
export class Refused extends Error {
  readonly code: string;
  readonly wait: number;

  constructor(
    readonly status: number,
    readonly problem: JsonObject,
    headers: Record<string, string>,
  ) {
    super(`${status} ${String(problem["code"] ?? "")}`);
    this.code = typeof problem["code"] === "string" ? problem["code"] : "";
    this.wait = Math.max(0, Number(headers["retry-after"] ?? 0) || 0);
  }
}

/** The answer if it is a success; else raises `Refused`. */
export function checked(answer: Answer): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new Refused(answer.status, problemOf(answer), answer.headers);
}

function problemOf(answer: Answer): JsonObject {
  try {
    const problem: unknown = JSON.parse(answer.text);
    return isObject(problem) ? problem : {};
  } catch {
    return {};
  }
}

/** The JSON of an answer; `LineDown` where it is none, as of a hotel's sign-in page or a proxy. */
export function parsed(answer: Answer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    throw new LineDown("the answer is no JSON");
  }
}

/** `Sync-Time` of an answer, 0 where it carries none. */
export function syncTime(answer: Answer): number {
  return Number(answer.headers["sync-time"] ?? 0) || 0;
}

export const ANSWER_SECONDS = 60;
/** Shorter texts are not worth the work. */
const GZIP_FROM = 2000;

/** The network of the browser or of Node, at one server. Long texts travel compressed: field lines are thin. */
export class FetchHttp implements Http {
  constructor(
    private readonly base: string,
    private readonly fetcher: typeof fetch = fetch,
  ) {}

  async send(request: Request): Promise<Answer> {
    const address = new URL(request.path, this.base).href;
    const { method, headers, body } = await compressed(request);
    try {
      const signal = AbortSignal.timeout(ANSWER_SECONDS * 1000);
      const answer = await this.fetcher(address, { method, headers, body: (body ?? null) as string | null, signal });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
    } catch (fault) {
      throw new LineDown(fault instanceof Error ? fault.message : String(fault));
    }
  }
}

async function compressed(request: Request): Promise<Request> {
  if (typeof request.body !== "string" || request.body.length < GZIP_FROM) return request;
  const packed = new Response(request.body).body!.pipeThrough(new CompressionStream("gzip"));
  const body = new Uint8Array(await new Response(packed).arrayBuffer());
  return { ...request, body, headers: { ...request.headers, "Content-Encoding": "gzip" } };
}
