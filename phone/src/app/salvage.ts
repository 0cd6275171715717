/** The last resort of a database that does not open: what can still be read of it goes into a file, row by row. */
import { DATABASE } from "./phone.ts";

/** Everything readable of own work and its bytes, as pieces of a JSON file; tokens are left out. */
export async function salvaged(): Promise<Blob> {
  const database = await opened();
  const tables: Record<string, unknown[]> = {};
  for (const name of database.objectStoreNames) if (["ops", "files", "chunks"].includes(name)) tables[name] = await rows(database, name);
  database.close();
  return new Blob([JSON.stringify({ format: "dudao-salvage", tables }, readable)], { type: "application/json" });
}

/** Throw the database away. What was not exported is gone then. */
export function rebuilt(): Promise<void> {
  return settled(indexedDB.deleteDatabase(DATABASE)).then(() => location.reload());
}

function opened(): Promise<IDBDatabase> {
  return settled(indexedDB.open(DATABASE));
}

/** What a damaged table does not give any more ends its list. */
function rows(database: IDBDatabase, table: string): Promise<unknown[]> {
  const found: unknown[] = [];
  return new Promise((resolve) => {
    const request = database.transaction(table).objectStore(table).openCursor();
    request.onerror = () => resolve(found);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve(found);
      found.push(cursor.value);
      cursor.continue();
    };
  });
}

function readable(_: string, value: unknown): unknown {
  if (!(value instanceof ArrayBuffer)) return value;
  let text = "";
  for (const byte of new Uint8Array(value)) text += String.fromCharCode(byte);
  return { base64: btoa(text) };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
