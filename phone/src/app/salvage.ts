/** The last resort of a database that does not open: what can still be read of it goes into a file, row by row. */
import { DATABASE } from "./phone.ts";

const OWN = ["ops", "files", "chunks"];
const PIECE = 0x8000;

/** Everything readable of own work and its bytes, as a JSON file; tokens are left out. One row at a time is in memory. */
export async function salvaged(): Promise<Blob> {
  const database = await opened();
  const pieces: BlobPart[] = [];
  for (const name of OWN.filter((table) => database.objectStoreNames.contains(table))) {
    const found = await rows(database, name);
    pieces.push(`${pieces.length ? "," : ""}${JSON.stringify(name)}:[`, ...found.flatMap((row, at) => (at ? [",", row] : [row])), "]");
  }
  database.close();
  return new Blob(['{"format":"dudao-salvage","tables":{', ...pieces, "}}"], { type: "application/json" });
}

/** Throw the database away. What was not exported is gone then. */
export function rebuilt(): Promise<void> {
  return settled(indexedDB.deleteDatabase(DATABASE)).then(() => location.reload());
}

function opened(): Promise<IDBDatabase> {
  return settled(indexedDB.open(DATABASE));
}

/** Each as JSON; what a damaged table does not give any more ends its list. */
function rows(database: IDBDatabase, table: string): Promise<Blob[]> {
  const found: Blob[] = [];
  return new Promise((resolve) => {
    const request = database.transaction(table).objectStore(table).openCursor();
    request.onerror = () => resolve(found);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve(found);
      found.push(new Blob([JSON.stringify(cursor.value, readable)]));
      cursor.continue();
    };
  });
}

function readable(_: string, value: unknown): unknown {
  if (!(value instanceof ArrayBuffer)) return value;
  let text = "";
  for (let from = 0; from < value.byteLength; from += PIECE) text += String.fromCharCode(...new Uint8Array(value).subarray(from, from + PIECE));
  return { base64: btoa(text) };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
