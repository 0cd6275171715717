/** What the server would not take is told while the person still stands before it; pixels are read, not decoded. */

/** Bytes and pixels (protocol, What is accepted). */
export const MOST_BYTES = 64 * 1024 * 1024;
const MOST_PIXELS = 60_000_000;
/** Of a picture that must be decoded whole. */
const MOST_WHOLE = 25_000_000;

/** The code of what keeps the server from taking such a file, "" for nothing that could be told from its head. */
export function refusal(bytes: Uint8Array): "" | "no_photo" | "too_large" | "too_many_pixels" {
  if (bytes.length === 0) return "no_photo";
  if (bytes.length > MOST_BYTES) return "too_large";
  const { pixels, whole } = headOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return pixels > (whole ? MOST_WHOLE : MOST_PIXELS) ? "too_many_pixels" : "";
}

interface Head {
  pixels: number;
  whole: boolean;
}

const UNKNOWN: Head = { pixels: 0, whole: false };
const PNG = 0x89504e47;
const JPEG = 0xffd8;

function headOf(view: DataView): Head {
  if (view.byteLength < 26) return UNKNOWN;
  if (view.getUint32(0) === PNG) return { pixels: view.getUint32(16) * view.getUint32(20), whole: true };
  return view.getUint16(0) === JPEG ? headOfJpeg(view) : UNKNOWN;
}

/** Segment after segment until the one that names the size (ITU T.81, B.1.1.3: SOF0 to SOF15 but DHT, JPG and DAC). */
function headOfJpeg(view: DataView): Head {
  for (let at = 2; at + 9 < view.byteLength; ) {
    const [start, marker] = [view.getUint8(at), view.getUint8(at + 1)];
    if (start !== 0xff) return UNKNOWN;
    const isSize = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isSize) return { pixels: view.getUint16(at + 5) * view.getUint16(at + 7), whole: marker > 0xc1 };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return UNKNOWN;
}
