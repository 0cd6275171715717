/** Operations on their way: numbers, coalescing, freezing, batches, and what is too large for any of them. */
import { expect, test } from "vitest";

import type { Answer, Http, Request } from "../src/engine/http.ts";
import { saidIn } from "../src/engine/outbox.ts";
import { ASSIGNMENT, County, exportedWork, type Handset } from "./county.ts";

/** Sends on, but refuses bodies above a limit as a server or proxy does. */
class Narrow implements Http {
  sizes: number[] = [];

  constructor(
    private readonly next: Http,
    private readonly limit: number,
    private readonly code: string,
  ) {}

  async send(request: Request): Promise<Answer> {
    const size = String(request.body ?? "").length;
    if (!request.path.endsWith("push") || size <= this.limit) return this.next.send(request);
    this.sizes.push(JSON.parse(String(request.body)).ops.length);
    const alone = this.sizes.at(-1) === 1;
    return { status: 413, headers: {}, text: JSON.stringify({ code: alone ? this.code : "body_too_large" }) };
  }
}

async function narrow(phone: Handset, limit: number, code = "op_too_large"): Promise<Narrow> {
  const line = new Narrow(phone.line, limit, code);
  Object.assign(phone, { line });
  await phone.open();
  return line;
}

test("answers of a visit are one operation until they are sent, then another", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  await phone.engine.answer(visit, { Q1: { value: 1 } });
  await phone.engine.answer(visit, { Q1: { value: 2 }, Q2: { value: "a", note: "x" } });
  expect((await phone.ops()).filter((op) => op.name === "answer.set").map((op) => op.data)).toEqual([
    { answers: { Q1: { value: 2, base: 0 }, Q2: { value: "a", note: "x", base: 0 } } },
  ]);
  phone.line.planned.push("lost request");
  await phone.engine.push.run().catch(() => undefined);
  await phone.engine.answer(visit, { Q1: { value: 3 } });
  expect((await phone.ops()).map((op) => [op.n, op.body !== null])).toEqual([[1, true], [2, true], [3, false]]);
});

test("work in between keeps its place: answers after a photo are an operation of their own", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  await phone.engine.answer(visit, { Q1: { value: 1 } });
  await phone.photo(visit);
  await phone.engine.answer(visit, { Q2: { value: 2 } });
  expect((await phone.ops()).map((op) => op.name)).toEqual(["visit.start", "answer.set", "evidence.add", "answer.set"]);
});

test("a joined answer keeps the base that its first word saw, unless the person settled a contradiction", async () => {
  const county = new County();
  const [lead, member] = [await county.phone("lead"), await county.phone("member")];
  const visit = await lead.begin();
  await member.engine.sync();
  await member.engine.answer(visit, { Q1: { value: "mine" } });
  await lead.engine.answer(visit, { Q1: { value: "theirs" } });
  await lead.engine.sync();
  await member.engine.pull.run();
  await member.engine.answer(visit, { Q1: { value: "mine, better" } });
  expect(saidIn((await member.ops()).at(-1)!)).toEqual({ Q1: { value: "mine, better", base: 0 } });
  await member.engine.sync();
  expect(Object.keys(county.server.life.feed.get("visit", visit)!["conflicts"] as object)).toEqual(["Q1"]);
  await member.engine.answer(visit, { Q1: { value: "mine, better", settles: ["r1"] } });
  expect(saidIn((await member.ops()).at(-1)!)).toEqual({ Q1: { value: "mine, better", settles: ["r1"], base: 1 } });
});

test("450 operations go in batches of at most 200, in the order of their numbers, and none twice", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  for (let place = 0; place < 450; place++) await phone.engine.do("visit.amend", visit, { remarks: String(place) });
  await phone.engine.sync();
  const pushes = phone.line.requests.filter((request) => request.path.endsWith("push"));
  const sizes = pushes.map((request) => JSON.parse(String(request.body)).ops.length as number);
  expect(sizes).toEqual([1, 200, 200, 50]);
  expect(phone.server.life.feed.get("visit", visit)!["details"]).toEqual({ remarks: "449" });
  expect(phone.server.life.effects.map((effect) => effect.n)).toEqual(Array.from({ length: 451 }, (_, n) => n + 1));
});

test("a batch is at most 900 kB", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  for (let place = 0; place < 12; place++) await phone.engine.do("visit.amend", visit, { remarks: "督".repeat(50_000) });
  await phone.engine.sync();
  const pushes = phone.line.requests.filter((request) => request.path.endsWith("push"));
  expect(pushes.map((request) => JSON.parse(String(request.body)).ops.length)).toEqual([1, 5, 5, 2]);
});

test("413 halves the batch; what is too large alone is set aside, shown and exported, and holds nothing up", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  await phone.engine.do("visit.amend", visit, { remarks: "before" });
  await phone.engine.do("visit.amend", visit, { remarks: "x".repeat(4000) });
  await phone.engine.do("visit.amend", visit, { remarks: "after" });
  const line = await narrow(phone, 3000);
  expect(await phone.engine.sync()).toBeNull();
  expect(line.sizes).toEqual([3, 2, 1]);
  expect(phone.server.life.feed.get("visit", visit)!["details"]).toEqual({ remarks: "after" });
  const [aside] = (await phone.engine.status.items()).filter((item) => item.code !== "");
  expect(aside).toMatchObject({ code: "op_too_large", words: "只在这部手机上", where: "phone" });
  expect(aside!.reason).toContain("单独保存");
  await expect(phone.engine.submit(visit)).rejects.toMatchObject({ code: "set_aside" });
  expect((await exportedWork(phone)).ops.map((op: { data: { remarks: string } }) => op.data.remarks.length)).toEqual([4000]);
});

test("a hotel's sign-in page acknowledges nothing", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  await phone.engine.answer(visit, { Q1: { value: 1 } });
  phone.line.planned.push("portal", "portal");
  expect(await phone.engine.sync()).not.toBeNull();
  expect(await phone.engine.status.unsent()).toBe(1);
  expect(await phone.engine.sync()).toBeNull();
  expect(await phone.engine.status.unsent()).toBe(0);
});

test("the clock of the phone and its offset travel with every push", async () => {
  const phone = await new County().phone();
  phone.skew = -7_980_000;
  await phone.engine.sync();
  await phone.begin();
  const { clock } = JSON.parse(String(phone.line.requests.filter((one) => one.path.endsWith("push")).at(-1)!.body));
  expect(clock.offset).toBe(-7_980_000);
  expect(clock.now).toBeLessThan(phone.server.now);
});

test("what is only on the phone is told with every message", async () => {
  const phone = await new County().phone();
  const visit = await phone.engine.start(ASSIGNMENT);
  await phone.photo(visit, 30);
  await phone.engine.sync();
  const told = (path: string) => {
    const request = phone.line.requests.filter((one) => one.path.endsWith(path)).at(-1)!;
    return JSON.parse(String(request.body)).pending;
  };
  expect(told("push")).toMatchObject({ ops: 2, uploads: 1, bytes: 30 });
  expect(told("pull")).toMatchObject({ ops: 0, uploads: 1, bytes: 30 });
  await phone.engine.upload();
  await phone.engine.sync();
  expect(told("pull")).toEqual({ ops: 0, uploads: 0, bytes: 0, oldest: null });
});

test("work acknowledged by a server without backups is kept for 14 days of the server's time", async () => {
  const phone = await new County().phone();
  await phone.begin();
  await phone.engine.sync();
  phone.skew = 60 * 86_400_000;
  await phone.engine.sync();
  expect((await phone.ops()).length).toBe(1);
  phone.server.now += 14 * 86_400_000;
  await phone.engine.sync();
  expect(await phone.ops()).toEqual([]);
});

test("an answer that comes late from a life of the server that is over acknowledges nothing", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  phone.server.backUp();
  await phone.engine.answer(visit, { Q1: { value: 1 } });
  const line = phone.line;
  let hold: (() => void) | null = null;
  Object.assign(phone, {
    line: {
      send: async (request: Request) => {
        const answer = await line.send(request);
        if (request.path.endsWith("push") && hold === null) await new Promise<void>((go) => (hold = go));
        return answer;
      },
    },
  });
  await phone.open();
  const pushing = phone.engine.push.run();
  while (hold === null) await new Promise((go) => setTimeout(go, 1));
  phone.server.restore();
  await phone.engine.pull.run().catch(() => undefined);
  (hold as () => void)();
  await pushing;
  await phone.engine.sync();
  await phone.engine.sync();
  expect(phone.server.life.feed.get("visit", visit)!["answers"]).toMatchObject({ Q1: { value: 1 } });
});
