/** The network as it is: what is an answer, and what only looks like one. */
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";

import { checked, FetchHttp, LineDown, parsed, Refused } from "../src/engine/http.ts";
import { reason } from "../src/engine/reasons.ts";

const answering = (answer: () => Promise<Response>) => new FetchHttp("http://server", answer as typeof fetch);

test("long messages travel compressed, short ones and bytes as they are", async () => {
  const seen: [string, RequestInit][] = [];
  const http = new FetchHttp("http://server", (async (address: string, init: RequestInit) => {
    seen.push([address, init]);
    return new Response("{}", { headers: { "Sync-Time": "7" } });
  }) as typeof fetch);
  const body = JSON.stringify({ text: "督".repeat(3000) });
  const answer = await http.send({ method: "POST", path: "/api/v1/sync/push", headers: { A: "b" }, body });
  await http.send({ method: "POST", path: "/x", headers: {}, body: "{}" });
  await http.send({ method: "PATCH", path: "http://server/u/1", headers: {}, body: new Uint8Array(9000) });
  expect(answer).toMatchObject({ status: 200, headers: { "sync-time": "7" } });
  expect(seen.map(([address, init]) => [address, init.headers])).toEqual([
    ["http://server/api/v1/sync/push", { A: "b", "Content-Encoding": "gzip" }],
    ["http://server/x", {}],
    ["http://server/u/1", {}],
  ]);
  expect(gunzipSync(seen[0]![1].body as unknown as Uint8Array).toString()).toBe(body);
});

test("no answer is a broken line", async () => {
  const http = answering(async () => Promise.reject(new TypeError("fetch failed")));
  await expect(http.send({ method: "GET", path: "/", headers: {} })).rejects.toBeInstanceOf(LineDown);
});

test("a problem keeps its status, code and how long to wait; what is no problem has no code", () => {
  const refusal = (text: string) => {
    try {
      checked({ status: 429, headers: { "retry-after": "30" }, text });
    } catch (fault) {
      return fault as Refused;
    }
    throw new Error("not refused");
  };
  expect(refusal('{"code":"throttled"}')).toMatchObject({ status: 429, code: "throttled", wait: 30 });
  expect(refusal("<html>")).toMatchObject({ code: "", problem: {} });
});

test("what is no JSON is no answer", () => {
  expect(() => parsed({ status: 200, headers: {}, text: "<html>" })).toThrow(LineDown);
});

test("every code has a Chinese sentence, an unknown one too", () => {
  for (const code of ["held", "quota_day", "something new"]) expect(reason(code)).toMatch(/^[^a-z]+。$/);
});
