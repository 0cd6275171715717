/** Memory of bytes that nobody looks at any more, given back at once. */

/**
 * Empty a buffer. The garbage collector would get round to it, too, but it weighs a photo by the few bytes of its handle:
 * with one picture after another a phone is out of memory first. A system that cannot do it waits for the collector.
 */
export function release(bytes: ArrayBufferLike): void {
  if (bytes instanceof ArrayBuffer && typeof bytes.transfer === "function" && !bytes.detached) bytes.transfer(0);
}
