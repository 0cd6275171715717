/** No camera opens where the room ends soon: a picture half written is a picture lost. */
import { Capture } from "../engine/capture.ts";
import type { JsonObject } from "../engine/json.ts";
import { Problem } from "../engine/reasons.ts";
import { mayCapture, type Room } from "./space.ts";

/** The engine's capture, which asks first how much room there is. Raises `Problem(storage_low)` before the camera opens. */
export function guarded(room: () => Promise<Room>): typeof Capture {
  return class extends Capture {
    override async begin(place: JsonObject): Promise<void> {
      if (!mayCapture(await room())) throw new Problem("storage_low");
      return super.begin(place);
    }
  };
}
