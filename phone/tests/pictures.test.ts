/** Pictures: what is told of when and where, what is doubtful, what the server would not take, what stays of them. */
import { expect, test } from "vitest";

import { Capture } from "../src/engine/capture.ts";
import type { Writing } from "../src/engine/store/port.ts";
import { hashOfBytes } from "../src/engine/uploads.ts";
import { refusal } from "../src/preview/size.ts";
import { doubtsOf, shortHash, takenAt, timeWords, watermark } from "../src/visit/circumstances.ts";
import { County } from "./county.ts";

const TARGET = { lng: 104, lat: 30, datum: "wgs84" };
const NOW = { taken_at: "2026-11-20T09:12:33.120+08:00", at: "2026-11-20T09:12:34.000+08:00" };
const HERE = { lng: 104.001, lat: 30, accuracy: 12 };
const SURE = { offset: 0 };

test("a picture that was just taken at its place raises no doubt", () => {
  expect(doubtsOf({ ...NOW, location: HERE }, TARGET, SURE)).toEqual([]);
});

test("each doubt about place and time is told in plain words", () => {
  expect(doubtsOf({ ...NOW, location: null }, TARGET, SURE)).toEqual(["无定位"]);
  expect(doubtsOf({ ...NOW, location: { ...HERE, accuracy: 900 } }, TARGET, SURE)).toEqual(["定位误差大"]);
  expect(doubtsOf({ ...NOW, location: { ...HERE, lng: 104.02 } }, TARGET, SURE)).toEqual(["距被查单位1926米"]);
  expect(doubtsOf({ ...NOW, location: HERE }, TARGET, { offset: 0, mock: true })).toEqual(["系统提示模拟定位"]);
  const old = { ...NOW, taken_at: "2026-11-20T08:40:00.000+08:00", location: HERE };
  expect(doubtsOf(old, TARGET, SURE)).toEqual(["不是当场拍摄"]);
  expect(doubtsOf({ ...NOW, location: HERE }, TARGET, { offset: 7_980_000 })).toEqual(["手机时钟快约2小时"]);
  expect(doubtsOf({ ...NOW, location: HERE }, TARGET, { offset: -300_000 })).toEqual(["手机时钟慢5分钟"]);
  expect(doubtsOf({ ...NOW, location: HERE }, TARGET, { offset: null })).toEqual([]);
});

test("a file is as old as it says, and never younger than the moment it was chosen", () => {
  expect([takenAt(5000, 3000), takenAt(5000, 9000), takenAt(5000, 0)]).toEqual([3000, 5000, 5000]);
});

test("times are Beijing's, however they were written down", () => {
  expect(["2026-11-20T09:12:33.120+08:00", "2026-11-20T01:12:33Z", ""].map(timeWords)).toEqual([
    ...["2026-11-20 09:12:33", "2026-11-20 09:12:33", ""],
  ]);
});

test("the preview says place, time, coordinates, crew and the hash of the original", () => {
  const doc = { ...NOW, location: HERE, sha256: "0123456789abcdef".repeat(4) };
  expect(watermark(doc, "第一小学", ["王琳", "李强"], ["手机时钟快5分钟"])).toEqual([
    "第一小学",
    "2026-11-20 09:12:33",
    "104.00100, 30.00000 ±12米",
    "督查组：王琳、李强",
    "原件 SHA-256：0123 4567 89ab cdef",
    "请注意：手机时钟快5分钟",
  ]);
  expect(watermark({ ...doc, location: null }, "", [], ["无定位"])[1]).toBe("无定位");
  expect(shortHash("ab".repeat(32))).toBe("abab abab abab abab");
});

/** A head of a JPEG with one segment before that of the size. */
function jpeg(height: number, width: number, marker = 0xc0): Uint8Array {
  const two = (value: number) => [value >> 8, value & 255];
  const head = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, marker, 0, 17, 8, ...two(height), ...two(width), 3];
  return new Uint8Array([...head, ...new Array<number>(20).fill(0)]);
}

test("what the server would not take is known before the person leaves the place", () => {
  const png = new DataView(new ArrayBuffer(40));
  [[0, 0x89504e47], [16, 6000], [20, 6000]].forEach(([at, value]) => png.setUint32(at!, value!));
  expect(refusal(new Uint8Array())).toBe("no_photo");
  expect(refusal(new Uint8Array(64 * 1024 * 1024 + 1))).toBe("too_large");
  expect(refusal(new Uint8Array(png.buffer))).toBe("too_many_pixels");
  expect(refusal(jpeg(9000, 12000))).toBe("too_many_pixels");
  expect(refusal(jpeg(6000, 8000, 0xc2))).toBe("too_many_pixels");
  expect([refusal(jpeg(6000, 8000)), refusal(jpeg(3000, 4000, 0xc2)), refusal(new Uint8Array(100))]).toEqual(["", "", ""]);
});

test("a preview is no part of the file, and goes when neither the bytes nor the fact are here any more", async () => {
  const county = new County();
  const phone = await county.phone();
  const visit = await phone.begin();
  const evidence = await phone.photo(visit);
  await phone.engine.capture.keepPreview(evidence, new Uint8Array([1, 2, 3]));
  expect(await phone.engine.capture.previewOf(evidence)).toEqual(new Uint8Array([1, 2, 3]));
  expect((await phone.engine.capture.bytesOf(evidence))!.length).toBe((await phone.file(evidence)).size);
  await phone.engine.sync();
  await phone.engine.upload();
  await phone.engine.sync();
  for (let round = 0; round < 2; round++) {
    phone.server.backUp();
    await phone.engine.sync();
  }
  expect([(await phone.file(evidence)).bytes, (await phone.chunks()).length]).toEqual([0, 1]);
  await phone.store.write(["base", "scopes"], (tx) => tx.remove("base", `evidence/${evidence}`));
  await phone.store.write(["meta", "base", "files", "chunks"], (tx) => phone.engine.uploads.forget(tx, 0, 0));
  expect(await phone.chunks()).toEqual([]);
});

test("no preview is kept of a file that this phone does not know", async () => {
  const phone = await new County().phone();
  await phone.engine.capture.keepPreview("elsewhere", new Uint8Array([1]));
  expect(await phone.engine.capture.previewOf("elsewhere")).toBeNull();
});

/** A database that keeps half of what it is given, and says nothing. */
class KeepsHalf extends Capture {
  protected override saveBytes(tx: Writing, evidence: string, bytes: Uint8Array): Promise<void> {
    return super.saveBytes(tx, evidence, bytes.subarray(0, bytes.length / 2));
  }
}

test("a picture counts as saved only after its bytes were read back and hash as they did", async () => {
  const phone = await new County().phone();
  const picture = { visit: await phone.begin(), bytes: new Uint8Array(2_500_000).fill(7), filetype: "image/jpeg" };
  await expect(new KeepsHalf(phone.store, phone.engine.outbox).keep(picture)).rejects.toMatchObject({ code: "not_readable" });
  const kept = await phone.engine.capture.bytesOf(await phone.engine.capture.keep(picture));
  expect([kept!.length, hashOfBytes(kept!)]).toEqual([picture.bytes.length, hashOfBytes(picture.bytes)]);
});
