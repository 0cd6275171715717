/** How much room the browser reckons there is. */
import { type Room, roomOf, UNKNOWN_ROOM } from "../around/space.ts";

export async function measured(): Promise<Room> {
  if (!navigator.storage?.estimate) return UNKNOWN_ROOM;
  const persisted = navigator.storage.persisted ? await navigator.storage.persisted() : null;
  return roomOf(await navigator.storage.estimate(), persisted);
}
