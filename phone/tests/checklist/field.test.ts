/** The way of an answer into the database, addresses of screens, and distances as the server reckons them. */
import { expect, test } from "vitest";

import type { Said } from "../../src/engine/engine.ts";
import { Answering } from "../../src/visit/answering.ts";
import { arrival, distance } from "../../src/visit/geofence.ts";
import { hashOf, parseRoute } from "../../src/visit/route.ts";

const said = (value: string): Said => ({ value });

/** A database whose writes end when the test says so. */
class Disk {
  readonly written: Record<string, Said>[] = [];
  readonly faults: unknown[] = [];
  private open: { end: () => void; fail: (fault: Error) => void }[] = [];
  readonly queue = new Answering(
    (answers) =>
      new Promise<void>((resolve, reject) => {
        this.written.push(answers);
        this.open.push({ end: resolve, fail: reject });
      }),
    () => undefined,
    (fault) => this.faults.push(fault),
  );

  async end(): Promise<void> {
    this.open.shift()!.end();
    await new Promise((resolve) => setTimeout(resolve));
  }

  async fail(): Promise<void> {
    this.open.shift()!.fail(new Error("disk full"));
    await new Promise((resolve) => setTimeout(resolve));
  }
}

test("typing waits for no write, and the last word on each question is written", async () => {
  const disk = new Disk();
  for (const text of ["第", "第一", "第一句"]) disk.queue.say("TY-06", said(text));
  disk.queue.say("TY-01", said("yes"));
  expect(disk.written).toEqual([{ "TY-06": said("第") }]);
  expect(disk.queue.keys().sort()).toEqual(["TY-01", "TY-06"]);
  await disk.end();
  expect(disk.written[1]).toEqual({ "TY-06": said("第一句"), "TY-01": said("yes") });
  await disk.end();
  expect(disk.queue.keys()).toEqual([]);
});

test("an answer whose write fails is told of, stays, and goes with the next one", async () => {
  const disk = new Disk();
  disk.queue.say("TY-01", said("yes"));
  disk.queue.say("TY-02", said("no"));
  await disk.fail();
  expect(disk.faults.map(String)).toEqual(["Error: disk full"]);
  expect(disk.queue.keys().sort()).toEqual(["TY-01", "TY-02"]);
  disk.queue.say("TY-01", said("no"));
  expect(disk.written.at(-1)).toEqual({ "TY-01": said("no"), "TY-02": said("no") });
  await disk.end();
  expect(disk.queue.keys()).toEqual([]);
});

test("whoever goes on waits for what was typed, and hears why it could not be kept", async () => {
  const disk = new Disk();
  disk.queue.say("TY-01", said("yes"));
  let on = false;
  const waiting = disk.queue.settled().then(() => (on = true));
  await new Promise((resolve) => setTimeout(resolve));
  expect(on).toBe(false);
  await disk.end();
  await waiting;
  disk.queue.say("TY-01", said("no"));
  await disk.fail();
  const refused = expect(disk.queue.settled()).rejects.toThrow("disk full");
  await disk.fail();
  await refused;
});

test("every screen has an address, and what is none leads to the day", () => {
  for (const hash of ["#today", "#uploads", "#mine", "#visit/v1", "#sign/v1", "#leave/v1", "#section/v1/TY.0", "#section/v1/TY.0/ZY-07%234"]) {
    expect(hashOf(parseRoute(hash))).toBe(hash);
  }
  for (const wrong of ["", "#", "#visit", "#section/v1", "#nothing/at/all", "#visit/%E0%A4%A"]) {
    expect(parseRoute(wrong)).toEqual({ screen: "today" });
  }
});

const WGS = { lng: 107.4, lat: 29.71 };

test.each([
  [WGS, { ...WGS, datum: "gcj02" }, 525.616],
  [WGS, { lng: 107.41, lat: 29.72 }, 1472.777],
  [{ lng: 116.397, lat: 39.909, datum: "gcj02" }, { lng: 116.391, lat: 39.907 }, 69.515],
  [{ lng: 87.6, lat: 43.8, datum: "gcj02" }, { lng: 87.6, lat: 43.8 }, 264.722],
])("metres between two places are those of the server: %j %j", (one, other, metres) => {
  expect(distance(one, other)).toBeCloseTo(metres, 3);
});

test("a check-in is inside within 500 m or what the phone is unsure of, never without a place", () => {
  const target = { ...WGS, datum: "gcj02" };
  expect(arrival({ ...WGS, accuracy: 12 }, target)).toEqual({ metres: 526, inside: false });
  expect(arrival({ ...WGS, accuracy: 1500 }, target)).toEqual({ metres: 526, inside: true });
  expect(arrival({ lng: 107.45, lat: 29.71, accuracy: 1e6 }, target).inside).toBe(false);
  expect(arrival(null, target)).toEqual({ metres: null, inside: false });
  expect(arrival(WGS, null)).toEqual({ metres: null, inside: true });
});
