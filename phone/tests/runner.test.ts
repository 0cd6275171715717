/** When the phone works: rule 9 of its design, on a clock of the test's own. */
import { expect, test } from "vitest";

import { LineDown, Refused } from "../src/engine/http.ts";
import { pause, POLL_MS, Runner, WAITING_MS, type Work } from "../src/engine/runner.ts";
import type { Trouble } from "../src/engine/trouble.ts";

class Hand {
  now = 0;
  private planned: { at: number; what: () => void }[] = [];

  after(ms: number, what: () => void): () => void {
    const entry = { at: this.now + ms, what };
    this.planned.push(entry);
    return () => (this.planned = this.planned.filter((one) => one !== entry));
  }

  chance(): number {
    return 0.5;
  }

  async to(ms: number): Promise<void> {
    await settled();
    for (;;) {
      const next = this.planned.filter((one) => one.at <= ms).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.planned = this.planned.filter((one) => one !== next);
      this.now = next.at;
      next.what();
      await settled();
    }
    this.now = ms;
  }
}

const settled = () => new Promise<void>((go) => setTimeout(go, 0));

class Desk implements Work {
  said: string[] = [];
  waiting = 0;
  trouble: Trouble = null;
  done = 0;

  constructor(readonly hand: Hand) {}

  async sync(): Promise<Trouble> {
    this.said.push(`sync ${this.hand.now}`);
    return this.trouble;
  }

  async upload(): Promise<{ done: number; trouble: Trouble }> {
    this.said.push(`upload ${this.hand.now}`);
    const done = this.done;
    this.done = 0;
    return { done, trouble: null };
  }

  async unsent(): Promise<number> {
    return this.waiting;
  }
}

function begin(change: (desk: Desk) => void = () => undefined) {
  const hand = new Hand();
  const desk = new Desk(hand);
  change(desk);
  const runner = new Runner(desk, hand);
  return { hand, desk, runner };
}

test("a quiet phone asks every five minutes, one with work every fifteen seconds", async () => {
  const { hand, desk, runner } = begin();
  runner.poke();
  await hand.to(2 * POLL_MS - 1);
  expect(desk.said.filter((one) => one.startsWith("sync"))).toEqual(["sync 0", `sync ${POLL_MS}`]);
  desk.waiting = 1;
  desk.said.length = 0;
  runner.poke();
  await hand.to(hand.now + 2 * WAITING_MS);
  expect(desk.said.filter((one) => one.startsWith("sync")).length).toBe(3);
});

test("failures are followed by longer and longer pauses, and a button needs to wait for none", async () => {
  const { hand, desk, runner } = begin((desk) => (desk.trouble = new LineDown("x")));
  runner.poke();
  await hand.to(20_000);
  const times = desk.said.map((one) => Number(one.split(" ")[1]));
  const gaps = times.slice(1).map((time, place) => time - times[place]!);
  expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
  expect(gaps.length).toBeLessThan(6);
  desk.trouble = null;
  desk.said.length = 0;
  runner.poke();
  await settled();
  expect(desk.said[0]).toBe("sync 20000");
});

test("pauses are drawn between one second and five minutes", () => {
  expect([pause(1, 0), pause(1, 1), pause(3, 0.5), pause(30, 1)]).toEqual([1000, 2000, 4500, POLL_MS]);
});

test("a server that says how long to wait is heard", async () => {
  const { hand, desk, runner } = begin((desk) => (desk.trouble = new Refused(503, {}, { "retry-after": "90" })));
  runner.poke();
  await hand.to(89_999);
  expect(desk.said).toEqual(["sync 0"]);
  await hand.to(90_000);
  expect(desk.said).toEqual(["sync 0", "sync 90000"]);
});

test("files go after the messages, and what they brought is heard at once", async () => {
  const { hand, desk, runner } = begin((desk) => (desk.done = 1));
  runner.poke();
  await hand.to(1);
  expect(desk.said).toEqual(["sync 0", "upload 0", "sync 0", "upload 0"]);
});

test("while files are on their way messages go on; asked for twice at once, it runs once more", async () => {
  const { hand, desk, runner } = begin();
  let arrive = () => {};
  desk.upload = async () => {
    desk.said.push("upload");
    await new Promise<void>((go) => (arrive = go));
    return { done: 0, trouble: null };
  };
  runner.poke();
  await hand.to(1);
  runner.poke();
  runner.poke();
  runner.poke();
  await hand.to(2);
  expect(desk.said).toEqual(["sync 0", "upload", "sync 1", "sync 1"]);
  arrive();
});

test("where another tab leads, this one waits for its turn", async () => {
  const hand = new Hand();
  const desk = new Desk(hand);
  let leads = false;
  const runner = new Runner(desk, hand, async (_, work) => (leads ? (await work(), true) : false));
  runner.poke();
  await hand.to(WAITING_MS - 1);
  expect(desk.said).toEqual([]);
  leads = true;
  await hand.to(WAITING_MS);
  expect(desk.said[0]).toBe(`sync ${WAITING_MS}`);
});

test("where another tab sends files, this one sends none and asks again", async () => {
  const hand = new Hand();
  const desk = new Desk(hand);
  let free = false;
  const runner = new Runner(desk, hand, async (lane, work) => (lane === "messages" || free ? (await work(), true) : false));
  runner.poke();
  await hand.to(WAITING_MS - 1);
  expect(desk.said).toEqual(["sync 0"]);
  free = true;
  await hand.to(WAITING_MS);
  expect(desk.said.filter((one) => one.startsWith("upload"))).toEqual([`upload ${WAITING_MS}`]);
});

test("a fault of the phone itself is loud and ends nothing", async () => {
  const hand = new Hand();
  const desk = new Desk(hand);
  const heard: unknown[] = [];
  desk.sync = async () => {
    throw new Error("quota");
  };
  const runner = new Runner(desk, hand, undefined, (fault) => heard.push(fault));
  runner.poke();
  await hand.to(POLL_MS);
  expect(heard.map(String)).toEqual(["Error: quota", "Error: quota"]);
  runner.stop();
  await hand.to(3 * POLL_MS);
  expect(heard.length).toBe(2);
});
