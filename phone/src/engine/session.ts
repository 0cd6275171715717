/**
 * Signed in or not, and every request that needs it (protocol, Transport).
 *
 * The session is a row of the store, never localStorage: a kill must not sign anybody out. A pair of tokens is stored
 * before it is used; the server takes the one before until then, so one lost answer costs nothing.
 */
import type { Chance } from "./ids.ts";
import { uuid7 } from "./ids.ts";
import type { Clock, Contact } from "./clock.ts";
import { type Answer, checked, type Http, LineDown, parsed, Refused, type Request, syncTime } from "./http.ts";
import { fact, type Identity, learn } from "./meta.ts";
import { isUnsent } from "./pending.ts";
import { Problem } from "./reasons.ts";
import type { Reading, Store, Writing } from "./store/port.ts";
import { TABLES } from "./store/port.ts";
import { API, SCHEMA } from "./wire.ts";

interface LoginAnswer {
  access: string;
  refresh: string;
  user: { id: number; name: string };
  device: string;
}

/** A device's clock is told anew when it moved so much, or after so long. */
const SKEW_MS = 1000;
const STALE_MS = 60_000;

export interface Sending {
  store: Store;
  http: Http;
  clock: Clock;
  chance: Chance;
}

export class Session {
  private refreshing: Promise<void> | null = null;
  private contact: Contact | null = null;

  constructor(private readonly ports: Sending) {}

  identity(): Promise<Identity | null> {
    return this.ports.store.read(["meta"], (tx) => fact(tx, "identity"));
  }

  /** This phone's clock minus the server's at the last contact, ms; null where there was none. */
  async skew(): Promise<number | null> {
    const contact = await this.ports.store.read(["meta"], (tx) => fact(tx, "contact"));
    return contact?.offset ?? null;
  }

  /**
   * Sign in with a password. The device id stays for the same person; for another one the phone is emptied first,
   * which `Problem(unsent_work)` refuses while anything here is not in the server's custody.
   */
  async signIn(username: string, password: string, device: { name: string; platform: string }): Promise<Identity> {
    const before = await this.identity();
    const same = before?.username === username;
    if (before && !same) await this.ports.store.read(TABLES, async (tx) => refuseUnsent(await holdsUnsent(tx)));
    const id = same ? before.device : uuid7(this.ports.clock, this.ports.chance);
    const body = JSON.stringify({ username, password, device: { id, ...device } });
    const told = parsed(checked(await this.post("/auth/login", body))) as LoginAnswer;
    const user = { id: told.user.id, name: told.user.name };
    const identity: Identity = { username, user, device: told.device, ...pair(told), ended: false };
    await this.ports.store.write(TABLES, (tx) => this.admit(tx, identity, same));
    return identity;
  }

  private async admit(tx: Writing, identity: Identity, same: boolean): Promise<void> {
    if (!same) {
      refuseUnsent(await holdsUnsent(tx)); // made while the server was asked
      for (const table of TABLES) await tx.clear(table);
    }
    await learn(tx, "identity", identity);
    await learn(tx, "deposit", false);
  }

  /** A request in the name of who is signed in. An access token that ran out is renewed once, by one of many. */
  async send(request: Request): Promise<Answer> {
    const identity = await this.signedIn();
    const answer = await this.ports.http.send(this.named(request, identity));
    if (answer.status !== 401) return this.noted(answer);
    await this.renew(identity.access);
    return this.noted(await this.ports.http.send(this.named(request, await this.signedIn())));
  }

  private async signedIn(): Promise<Identity> {
    const identity = await this.identity();
    if (identity === null || identity.ended) throw new Problem("signed_out");
    return identity;
  }

  private named(request: Request, identity: Identity): Request {
    const own = {
      Authorization: `Bearer ${identity.access}`,
      "Sync-Device": identity.device,
      "Sync-Schema": String(SCHEMA),
    };
    return { ...request, headers: { ...request.headers, ...own } };
  }

  /** The access token, for what carries it by itself (the live socket). Raises `Problem(signed_out)`. */
  async access(): Promise<string> {
    return (await this.signedIn()).access;
  }

  /** Another one than `used`, which the server refused. Raises like any request. */
  async renewed(used: string): Promise<void> {
    await this.renew(used);
  }

  /** Another request may have renewed it meanwhile, or be doing so. */
  private async renew(used: string): Promise<void> {
    const identity = await this.signedIn();
    if (identity.access !== used) return;
    this.refreshing ??= this.refresh(identity).finally(() => (this.refreshing = null));
    await this.refreshing;
  }

  protected async refresh(identity: Identity): Promise<void> {
    const answer = await this.post("/auth/refresh", JSON.stringify({ refresh: identity.refresh }));
    if (answer.status === 401) {
      await this.keep({ ...identity, ended: true });
      throw new Problem("signed_out");
    }
    await this.keep({ ...identity, ...pair(parsed(checked(answer)) as LoginAnswer) });
  }

  private keep(identity: Identity): Promise<void> {
    return this.ports.store.write(["meta"], (tx) => learn(tx, "identity", identity));
  }

  private post(path: string, body: string): Promise<Answer> {
    const headers = { "Content-Type": "application/json" };
    return this.ports.http.send({ method: "POST", path: API + path, headers, body });
  }

  /** Remember the server's time, if it says something new: a photo in a hundred pieces is not a hundred writes. */
  private async noted(answer: Answer): Promise<Answer> {
    const [server, device] = [syncTime(answer), this.ports.clock.now()];
    const contact = { server, device, offset: device - server };
    const before = this.contact;
    const news = before === null || Math.abs(contact.offset - before.offset) > SKEW_MS || server - before.server > STALE_MS;
    if (server === 0 || !news) return answer;
    await this.ports.store.write(["meta"], (tx) => learn(tx, "contact", contact));
    this.contact = contact;
    return answer;
  }

  /** Sign out and empty the phone. Refused while work is unsent: `Problem(unsent_work)`. */
  async signOut(): Promise<void> {
    await this.ports.store.read(TABLES, async (tx) => refuseUnsent(await holdsUnsent(tx)));
    await this.send({ method: "POST", path: `${API}/auth/logout`, headers: {} }).catch(forgiveLine);
    await this.ports.store.write(TABLES, async (tx) => {
      refuseUnsent(await holdsUnsent(tx));
      for (const table of TABLES) await tx.clear(table);
    });
  }
}

function pair(told: LoginAnswer): { access: string; refresh: string } {
  if (typeof told?.access !== "string" || typeof told.refresh !== "string") throw new LineDown("no tokens in it");
  return { access: told.access, refresh: told.refresh };
}

/** The server ends an unused session by itself; a phone that cannot reach it may still be emptied. */
function forgiveLine(fault: unknown): void {
  if (!(fault instanceof LineDown || fault instanceof Refused || fault instanceof Problem)) throw fault;
}

function refuseUnsent(unsent: boolean): void {
  if (unsent) throw new Problem("unsent_work");
}

/** Whether anything here never reached the server: operations, or bytes. */
async function holdsUnsent(tx: Reading): Promise<boolean> {
  return (await tx.where("ops", "waiting", 1)).length > 0 || (await tx.prefix("files", "")).some(isUnsent);
}
