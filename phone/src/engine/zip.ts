/**
 * A ZIP file in pieces (APPNOTE.TXT 6.3.10; stored, nothing is compressed: photos cannot be). At no time more of it is
 * in memory than one piece of one file. Every file is read twice: its checksum stands before its bytes, because many
 * programs do not open a stored file whose checksum follows.
 */
import { Problem } from "./reasons.ts";

export interface Entry {
  /** A path with `/`, UTF-8. */
  name: string;
  /** The bytes, from the first piece on whenever it is asked. */
  pieces: () => AsyncIterable<Uint8Array>;
}

/** Without ZIP64 offsets and sizes end there, and the number of files at 65,535. */
const MOST = 0xffff_ffff;
const MOST_FILES = 0xffff;

const UTF8 = 0x0800;
/** 1 January 1980: the format knows no earlier day, and nobody reads one here. */
const NO_DAY = 0x0021;

interface Placed {
  name: Uint8Array;
  sum: number;
  size: number;
  at: number;
}

/** Raises `Problem(export_too_large)` before anything is written that could not be read again. */
export async function* zip(entries: Iterable<Entry>): AsyncGenerator<Uint8Array> {
  const placed: Placed[] = [];
  let at = 0;
  for (const { name, pieces } of entries) {
    const file = { name: new TextEncoder().encode(name), ...(await measured(pieces())), at };
    const head = local(file);
    at += head.length + file.size;
    if (at > MOST || placed.length === MOST_FILES) throw new Problem("export_too_large");
    placed.push(file);
    yield head;
    yield* pieces();
  }
  yield* directory(placed, at);
}

function* directory(placed: readonly Placed[], at: number): Generator<Uint8Array> {
  let size = 0;
  for (const file of placed) {
    const row = central(file);
    size += row.length;
    yield row;
  }
  if (at + size > MOST) throw new Problem("export_too_large");
  const [count, counts] = [placed.length, 2];
  yield bytesOf([[0x06054b50, 4], [0, 2], [0, 2], [count, counts], [count, counts], [size, 4], [at, 4], [0, 2]]);
}

type Fields = readonly (readonly [value: number, bytes: 2 | 4 | number])[];

/** Version needed 2.0, flags, method 0, time, day, checksum, sizes, length of the name, no extra field. */
function common({ name, sum, size }: Placed): Fields {
  return [[20, 2], [UTF8, 2], [0, 2], [0, 2], [NO_DAY, 2], [sum, 4], [size, 4], [size, 4], [name.length, 2], [0, 2]];
}

function local(file: Placed): Uint8Array {
  return joined(bytesOf([[0x04034b50, 4], ...common(file)]), file.name);
}

/** Made by 2.0, then as in the local head; no comment, first disk, no attributes, where its head stands. */
function central(file: Placed): Uint8Array {
  const more: Fields = [[0, 2], [0, 2], [0, 2], [0, 4], [file.at, 4]];
  return joined(bytesOf([[0x02014b50, 4], [20, 2], ...common(file), ...more]), file.name);
}

function bytesOf(fields: Fields): Uint8Array {
  const out = new DataView(new ArrayBuffer(fields.reduce((sum, [, bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [value, bytes] of fields) {
    if (bytes === 2) out.setUint16(at, value, true);
    else out.setUint32(at, value, true);
    at += bytes;
  }
  return new Uint8Array(out.buffer);
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}

/** CRC-32 as in ISO 3309, by a table of its 256 remainders. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, each) => {
  let value = each;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1;
  return value;
});

async function measured(pieces: AsyncIterable<Uint8Array>): Promise<{ sum: number; size: number }> {
  let [sum, size] = [0xffff_ffff, 0];
  for await (const piece of pieces) {
    for (let i = 0; i < piece.length; i++) sum = (sum >>> 8) ^ REMAINDERS[(sum ^ piece[i]!) & 0xff]!;
    size += piece.length;
  }
  return { sum: (sum ^ 0xffff_ffff) >>> 0, size };
}
