/**
 * The draw of classes and pupil numbers (protocol, The draw of `visit.draw_classes`): made on the phone without any
 * network, and again by the server, and by whoever doubts it, with the same result.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

export interface ClassToday {
  grade: number;
  number: number;
  size: number;
}

export interface DrawnClass {
  grade: number;
  number: number;
  pupils: number[];
}

const SPAN = 2n ** 64n;

/** The seed of draw `number` (from 1) of the visit: 64 lower-case hex digits. */
export function seedOf(visit: string, number: number): string {
  return bytesToHex(sha256(utf8ToBytes(`class-draw:${visit.toLowerCase()}:${number}`)));
}

/** `count` of the classes (all where there are fewer) with up to `pupils` numbers each, both in rising order. */
export function draw(seed: string, classes: readonly ClassToday[], count: number, pupils: number): DrawnClass[] {
  const values = new Values(seed);
  const chosen = values.some([...classes].sort(byClass), Math.min(count, classes.length)).sort(byClass);
  return chosen.map(({ grade, number, size }) => {
    const all = Array.from({ length: size }, (_, i) => i + 1);
    const drawn = values.some(all, Math.min(pupils, size));
    return { grade, number, pupils: drawn.sort((a, b) => a - b) };
  });
}

function byClass(a: ClassToday, b: ClassToday): number {
  return a.grade - b.grade || a.number - b.number || a.size - b.size;
}

/** The stream of random values of one seed. */
class Values {
  private next = 0;

  constructor(private readonly seed: string) {}

  /** `count` of the things, without replacement. */
  some<T>(things: readonly T[], count: number): T[] {
    const pool = [...things];
    for (let place = 0; place < count; place++) {
      const other = place + this.below(pool.length - place);
      [pool[place], pool[other]] = [pool[other]!, pool[place]!];
    }
    return pool.slice(0, count);
  }

  /** A number from 0 to `limit` - 1, each equally likely. */
  private below(limit: number): number {
    const most = BigInt(limit);
    const end = SPAN - (SPAN % most);
    let value = this.value();
    while (value >= end) value = this.value();
    return Number(value % most);
  }

  private value(): bigint {
    const word = sha256(utf8ToBytes(`${this.seed}:${this.next++}`)).slice(0, 8);
    return BigInt(`0x${bytesToHex(word)}`);
  }
}
