/** A whole visit by the engine, over HTTP, against the real server; on a line that loses requests and answers. */
import { Engine } from "../../src/engine/engine.ts";
import { type Answer, FetchHttp, type Http, LineDown, type Request } from "../../src/engine/http.ts";
import type { JsonObject } from "../../src/engine/json.ts";
import { fact } from "../../src/engine/meta.ts";
import { MemoryStore } from "../../src/engine/store/memory.ts";
import type { BaseRow, ScopeRow } from "../../src/engine/store/port.ts";
import { type Random, seeded } from "../server/line.ts";

interface Job {
  base: string;
  username: string;
  password: string;
  assignment: string;
  seed: number;
  /** Files as base64: the picture of the gate and two signatures. */
  gate: string;
  signatures: [inspector: string, unit: string];
}

const TRIES = 60;
const PIECE = 100_000;

/** Loses a third of the requests, half of these after the server has answered; tokens are spoilt now and then. */
class BadLine implements Http {
  lost = 0;

  constructor(
    private readonly http: Http,
    private readonly random: Random,
  ) {}

  async send(request: Request): Promise<Answer> {
    const luck = this.random();
    if (luck < 0.15) return this.lose("request");
    if (luck > 0.9 && !request.path.includes("/auth/")) return this.http.send(spoilt(request));
    const answer = await this.http.send(request);
    return luck < 0.3 ? this.lose("answer") : answer;
  }

  private lose(what: string): never {
    this.lost += 1;
    throw new LineDown(`${what} lost`);
  }
}

/** As if the access token had run out: the phone has to renew it in the middle of everything. */
function spoilt(request: Request): Request {
  return { ...request, headers: { ...request.headers, Authorization: "Bearer no.such.token" } };
}

/** Sync and upload until nothing is waiting and everything sent is verified. */
async function settle(engine: Engine): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const synced = (await engine.sync()) === null;
    const { trouble } = await engine.upload();
    const items = await engine.status.items();
    const done = items.every((item) => item.where === "verified" || item.code !== "");
    if (synced && trouble === null && done) return;
  }
  throw new Error(`it never came to rest: ${JSON.stringify(await engine.status.items())}`);
}

export async function play(job: Job): Promise<JsonObject> {
  const http = new BadLine(new FetchHttp(job.base), seeded(job.seed));
  let store = new MemoryStore();
  const ports = { http, pace: { piece: PIECE, moved: () => undefined } };
  let engine = await Engine.open({ store, ...ports });
  await signIn(engine, job);
  await settle(engine);
  const visit = await inspect(engine, job);
  await engine.sync(); // with luck; killed in the middle of its work, the app opens again over the same store
  store = store.reopened();
  engine = await Engine.open({ store, ...ports });
  await settle(engine);
  await engine.submit(visit);
  await settle(engine);
  const rows = <T>(table: "base" | "scopes") => [...store.disk.get(table)!.values()] as T[];
  return {
    visit,
    lost: http.lost,
    n: await store.read(["meta"], (tx) => fact(tx, "n")),
    device: (await engine.session.identity())!.device,
    trouble: (await engine.status.items()).filter((item) => item.code !== "") as unknown as JsonObject[],
    states: (await engine.status.items()).map((item) => item.words),
    rows: rows<BaseRow>("base").map(({ scope, kind, id, doc }) => [scope, kind, id, doc]),
    sums: Object.fromEntries(rows<ScopeRow>("scopes").map(({ key, sum }) => [key, sum])),
  };
}

async function signIn(engine: Engine, job: Job): Promise<void> {
  for (;;) {
    try {
      await engine.session.signIn(job.username, job.password, { name: "测试手机", platform: "node" });
      return;
    } catch (fault) {
      if (!(fault instanceof LineDown)) throw fault;
    }
  }
}

/** Everything that the general page asks before a visit can be submitted, done offline. */
async function inspect(engine: Engine, job: Job): Promise<string> {
  const assignment = await engine.overlay.document("assignment", job.assignment);
  const target = await engine.overlay.document("target", String(assignment!["target"]));
  await engine.do("assignment.accept", job.assignment);
  await engine.do("assignment.depart", job.assignment);
  const visit = await engine.start(job.assignment);
  await engine.do("visit.check_in", visit, { location: { ...(target!["location"] as JsonObject), accuracy: 12.5 } });
  const answers = { "TY-01": "yes", "TY-02": 1, "TY-03": "yes", "TY-04": "no", "TY-08": "no" };
  for (const [key, value] of Object.entries(answers)) await engine.answer(visit, { [key]: { value } });
  const gate = await photograph(engine, visit, job.gate, "image/jpeg", { answer_key: "TY-05" });
  const pen = (key: string) => ({ kind: "signature", answer_key: key });
  const inspector = await photograph(engine, visit, job.signatures[0], "image/png", pen("TY-09"));
  const unit = await photograph(engine, visit, job.signatures[1], "image/png", pen("TY-10"));
  await engine.answer(visit, { "TY-05": { value: [gate] }, "TY-04": { value: "no", note: "已核对 ✓" } });
  const finding = engine.outbox.newId();
  await engine.do("finding.record", finding, { visit, item: "TY-02", text: "人数不足", answer_key: "TY-02" });
  await engine.do("finding.amend", finding, { item: "TY-02", text: "到场人数不足两名", answer_key: "TY-02" });
  await engine.do("visit.feedback", visit, { text: "到场人数不足，已当场说明。" });
  await engine.do("visit.sign", visit, { inspectors: [inspector], unit: [unit] });
  return visit;
}

async function photograph(engine: Engine, visit: string, base64: string, filetype: string, more: JsonObject) {
  return engine.capture.keep({ visit, bytes: new Uint8Array(Buffer.from(base64, "base64")), filetype, more });
}
