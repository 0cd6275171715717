/** A fake server that keeps the protocol: sessions, push, pull, offer, tus; and that can be backed up and restored. */
import type { Answer, Http, Request } from "../../src/engine/http.ts";
import { hashOfBytes } from "../../src/engine/uploads.ts";
import type { JsonObject } from "../../src/engine/json.ts";
import { type Author, Life } from "./custody.ts";
import type { Asking } from "./feed.ts";

interface Upload {
  evidence: string;
  sha256: string;
  size: number;
  bytes: Uint8Array;
}

interface Grant {
  user: number;
  device: string;
  counter: number;
}

export const USERS: Record<string, number> = { lead: 1, member: 2, stranger: 3 };

export class Server implements Http {
  life = new Life();
  epoch = "e1";
  now = 1_795_000_000_000;
  /** Null where no backup is configured. */
  durable: number | null = null;
  revoked = new Set<string>();
  /** Access tokens below this of a device have run out. */
  private counters = new Map<string, number>();
  private owners = new Map<string, number>();
  private uploads = new Map<string, Upload>();
  private backups: { life: Life; at: number }[] = [];
  private lives = 1;
  private made = 0;

  async send(request: Request): Promise<Answer> {
    this.now += 10;
    try {
      return this.stamped(this.route(request));
    } catch (fault) {
      if (fault instanceof Refusal) return this.stamped(answer(fault.status, { code: fault.code, ...fault.more }));
      throw fault;
    }
  }

  private stamped(answer: Answer): Answer {
    return { ...answer, headers: { "sync-time": String(this.now), "sync-epoch": this.epoch, ...answer.headers } };
  }

  private route(request: Request): Answer {
    const path = new URL(request.path, "http://server").pathname.replace("/api/v1", "");
    if (path === "/auth/login") return this.login(json(request));
    if (path === "/auth/refresh") return this.refresh(String(json(request)["refresh"]));
    const author = this.author(request);
    if (path === "/auth/logout") return answer(204, null);
    if (path === "/sync/push") return this.push(json(request), author);
    if (path === "/sync/pull") return this.pull(json(request) as unknown as Asking, author);
    if (path === "/sync/offer") return this.offer(json(request)["ids"] as string[]);
    if (path === "/uploads/") return this.create(request, author);
    return this.upload(request, path.replace("/uploads/", ""));
  }

  // Sessions

  private login(said: JsonObject): Answer {
    const user = USERS[String(said["username"])];
    if (user === undefined || said["password"] !== "right") throw new Refusal(401, "bad_credentials");
    const device = String((said["device"] as JsonObject)["id"]);
    if ((this.owners.get(device) ?? user) !== user) throw new Refusal(409, "device_taken");
    if (this.revoked.has(device)) throw new Refusal(403, "device_revoked");
    this.owners.set(device, user);
    return answer(200, { ...this.pair(device), user: { id: user, name: String(said["username"]) }, device });
  }

  /** The newest token moves on; the one before is answered with the newest again; an older one is no longer known. */
  private refresh(token: string): Answer {
    const { device, counter } = JSON.parse(token) as Grant;
    const present = this.counters.get(device) ?? 0;
    if (counter < present - 1 || counter > present) throw new Refusal(401, "token_reused");
    if (counter === present) this.counters.set(device, present + 1);
    return answer(200, this.pair(device));
  }

  private pair(device: string): JsonObject {
    const counter = this.counters.get(device) ?? 1;
    this.counters.set(device, counter);
    const token = JSON.stringify({ user: this.owners.get(device)!, device, counter });
    return { access: token, refresh: token };
  }

  /** Whatever access token this device has runs out. */
  expire(device: string): void {
    this.expired.add(`${device}/${this.counters.get(device) ?? 1}`);
  }

  private expired = new Set<string>();

  private author(request: Request): Author {
    const token = JSON.parse((request.headers["Authorization"] ?? "").replace("Bearer ", "") || "{}") as Grant;
    const old = token.counter < (this.counters.get(token.device) ?? 1) - 1;
    if (!token.device || old || this.expired.has(`${token.device}/${token.counter}`)) throw new Refusal(401, "unauthorized");
    return { user: token.user, device: token.device, depositOnly: this.revoked.has(token.device) };
  }

  // Sync

  private push(said: JsonObject, author: Author): Answer {
    const ops = said["ops"] as JsonObject[];
    if (ops.length > 200) throw new Refusal(413, "too_many_ops");
    const results = this.life.push(ops, author, this.now);
    return answer(200, { results, ...this.life.numbers(author.device), durable: this.durable });
  }

  private pull(asking: Asking, author: Author): Answer {
    if (author.depositOnly) throw new Refusal(403, "deposit_only");
    const page = this.life.feed.page(asking, this.life.visible(author.user), this.epoch, this.durable);
    if (page === "epoch") throw new Refusal(409, "epoch", { epoch: this.epoch });
    return answer(200, page);
  }

  private offer(ids: string[]): Answer {
    const final = (id: string) => !["held", "error", undefined].includes(this.life.kept.get(id)?.status);
    return answer(200, { lack: ids.filter((id) => !final(id)) });
  }

  // Uploads

  private create(request: Request, author: Author): Answer {
    const said = Object.fromEntries(
      request.headers["Upload-Metadata"]!.split(",").map((part) => [part.split(" ")[0], atob(part.split(" ")[1]!)]),
    );
    const fact = [...this.life.kept.values()].find((kept) => JSON.parse(kept.raw).id === said["evidence"]);
    if (fact?.author.user !== author.user) throw new Refusal(403, "no_evidence");
    if (said["filetype"] === "text/plain") throw new Refusal(415, "unsupported_type");
    const id = `${this.epoch}-${++this.made}`;
    const size = Number(request.headers["Upload-Length"]);
    this.uploads.set(id, { evidence: said["evidence"]!, sha256: said["sha256"]!, size, bytes: new Uint8Array() });
    return answer(201, null, { location: `http://server/api/v1/uploads/${id}` });
  }

  private upload(request: Request, id: string): Answer {
    const upload = this.uploads.get(id);
    if (upload === undefined) throw new Refusal(404, "not_found");
    if (request.method === "HEAD") return answer(200, null, { "upload-offset": String(upload.bytes.length) });
    if (Number(request.headers["Upload-Offset"]) !== upload.bytes.length) throw new Refusal(409, "bad_offset");
    const piece = request.body as Uint8Array;
    upload.bytes = new Uint8Array([...upload.bytes, ...piece]);
    if (upload.bytes.length >= upload.size) this.whole(id, upload);
    return answer(204, null, { "upload-offset": String(upload.bytes.length) });
  }

  private whole(id: string, upload: Upload): void {
    if (hashOfBytes(upload.bytes) !== upload.sha256) {
      this.uploads.delete(id);
      throw new Refusal(460, "corrupt");
    }
    this.life.received(upload.sha256);
  }

  // The operator

  /** A backup of this moment; what was received before it cannot be lost any more. */
  backUp(): void {
    this.backups.push({ life: Life.copy(this.life), at: this.now });
    this.durable = this.now;
  }

  /** From the newest backup, as another life under another epoch; uploads under way are gone. */
  restore(): void {
    const backup = this.backups.at(-1);
    this.life = backup ? Life.copy(backup.life) : Life.copy(this.life);
    this.uploads.clear();
    this.bumpEpoch();
  }

  bumpEpoch(): void {
    this.epoch = `e${++this.lives}`;
  }
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly more: JsonObject = {},
  ) {
    super(code);
  }
}

function json(request: Request): JsonObject {
  return JSON.parse(String(request.body)) as JsonObject;
}

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers, text: body === null ? "" : JSON.stringify(body) };
}
