/** The small upright picture of an original, with its facts burned in; the same in a worker and on a page. */

/** Pixels of the longer edge: sharp on a phone, and sixty of them are small. */
export const LONGEST_EDGE = 1280;
const QUALITY = 0.8;
/** Of the height: the lines never hide more of what was taken. */
const BAND = 0.34;
/** A JPEG. Null: this browser cannot show it (HEIC), which says nothing of the file. */
export type Made = ArrayBuffer | null;

type Canvas = OffscreenCanvas | HTMLCanvasElement;

/** Decode upright, draw smaller, write the lines over it. Memory of the whole picture is given back before it returns. */
export async function draw(original: Blob, lines: readonly string[]): Promise<Made> {
  const picture = await createImageBitmap(original, { imageOrientation: "from-image" }).catch(() => null);
  if (picture === null) return null;
  const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
  const canvas = surface(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
  const context = canvas.getContext("2d") as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  burn(context, canvas.width, canvas.height, lines);
  const small = await encoded(canvas);
  [canvas.width, canvas.height] = [0, 0];
  return (await small?.arrayBuffer()) ?? null;
}

function surface(width: number, height: number): Canvas {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

function encoded(canvas: Canvas): Promise<Blob | null> {
  if ("convertToBlob" in canvas) return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

/** White on a dark band at the foot; a line that is too wide is drawn narrower. */
function burn(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  width: number,
  height: number,
  lines: readonly string[],
): void {
  if (lines.length === 0) return;
  const size = Math.max(11, Math.round(Math.min(width / 30, (height * BAND) / (1.4 * (lines.length + 1)))));
  const [step, edge] = [Math.round(size * 1.4), Math.round(size * 0.7)];
  const top = height - step * lines.length - 2 * edge;
  context.fillStyle = "rgba(0, 0, 0, 0.62)";
  context.fillRect(0, top, width, height - top);
  context.fillStyle = "#fff";
  context.textBaseline = "middle";
  context.font = `${size}px system-ui, "Noto Sans CJK SC", "PingFang SC", sans-serif`;
  lines.forEach((line, i) => context.fillText(line, edge, top + edge + step * (i + 0.5), width - 2 * edge));
}
