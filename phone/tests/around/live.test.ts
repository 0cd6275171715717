/** The live socket: asks on every connection, comes back with jitter, renews a token once, ends with a revocation. */
import { expect, test } from "vitest";

import { base64url, HELLO_MS, Live, type LivePorts, PROTOCOL, type SocketEvents, STEADY_MS } from "../../src/around/live.ts";

class Scene {
  sockets: { protocols: string[]; events: SocketEvents; sent: string[]; open: boolean }[] = [];
  timers: { ms: number; what: () => void; alive: boolean }[] = [];
  renewed: string[] = [];
  pokes = 0;
  heard: [number, number][] = [];
  open = false;
  token = "t1";
  last = 7;
  signedIn = true;
  readonly live: Live;

  constructor(more: Partial<LivePorts> = {}) {
    this.live = new Live({
      connect: (protocols, events) => {
        const socket = { protocols, events, sent: [] as string[], open: true };
        this.sockets.push(socket);
        return { send: (text) => socket.sent.push(text), close: () => (socket.open = false) };
      },
      timer: {
        after: (ms, what) => {
          const one = { ms, what, alive: true };
          this.timers.push(one);
          return () => (one.alive = false);
        },
        chance: () => 1,
      },
      token: async () => {
        if (!this.signedIn) throw new Error("signed out");
        return this.token;
      },
      renew: async (used) => {
        this.renewed.push(used);
        this.token = "t2";
      },
      last: () => this.last,
      poked: () => (this.pokes += 1),
      standing: (seq, unread) => this.heard.push([seq, unread]),
      moved: (open) => (this.open = open),
      ...more,
    });
  }

  get socket() {
    return this.sockets.at(-1)!;
  }

  async start(): Promise<void> {
    this.live.start();
    await settled();
  }

  /** Let the timers that wait so long go off. */
  async pass(ms: number): Promise<void> {
    const due = this.timers.filter((one) => one.alive && one.ms === ms);
    for (const one of due) one.alive = false;
    for (const one of due) one.what();
    await settled();
  }

  waits(): number[] {
    return this.timers.filter((one) => one.alive).map((one) => one.ms);
  }

  async close(code: number): Promise<void> {
    this.socket.events.closed(code);
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
}

test("a connection names the token, tells the last number it has, and pulls", async () => {
  const scene = new Scene();
  await scene.start();
  expect(scene.socket.protocols).toEqual([PROTOCOL, `bearer.${base64url("t1")}`]);
  expect([scene.pokes, scene.open]).toEqual([0, false]);
  scene.socket.events.opened();
  expect(scene.socket.sent.map((text) => JSON.parse(text))).toEqual([{ type: "hello", inbox: 7 }]);
  expect([scene.pokes, scene.open]).toEqual([1, true]);
});

test("pokes and the standing of the inbox are handed on; anything else is let pass", async () => {
  const scene = new Scene();
  await scene.start();
  for (const text of ['{"type":"poke","scopes":["a"]}', '{"type":"inbox","seq":9,"unread":2}', "[]", "{", '{"type":"later"}', "null"]) {
    scene.socket.events.heard(text);
  }
  expect([scene.pokes, scene.heard]).toEqual([1, [[9, 2]]]);
});

test("a lost connection comes back after a pause that grows, and is short again once one has lasted", async () => {
  const scene = new Scene();
  await scene.start();
  await scene.close(1006);
  await scene.pass(2000);
  await scene.close(1006);
  expect(scene.waits()).toEqual([4000]);
  await scene.pass(4000);
  expect(scene.sockets.length).toBe(3);
  scene.socket.events.opened();
  await scene.pass(STEADY_MS);
  await scene.close(1006);
  expect(scene.waits()).toEqual([2000]);
});

test("a token that ran out is renewed once and the next connection has the new one", async () => {
  const scene = new Scene();
  await scene.start();
  await scene.close(4401);
  await scene.pass(2000);
  expect(scene.renewed).toEqual(["t1"]);
  expect(scene.socket.protocols[1]).toBe(`bearer.${base64url("t2")}`);
});

test("a revoked phone asks once what became of it and does not come back", async () => {
  const scene = new Scene();
  await scene.start();
  await scene.close(4403);
  expect([scene.pokes, scene.waits(), scene.open]).toEqual([1, [], false]);
});

test("while it is open it says hello again, so that the server keeps it and what was lost is told", async () => {
  const scene = new Scene();
  await scene.start();
  scene.socket.events.opened();
  scene.last = 8;
  await scene.pass(HELLO_MS);
  expect(scene.socket.sent.map((text) => JSON.parse(text).inbox)).toEqual([7, 8]);
});

test("stopped it stays stopped: neither an old socket nor an old pause brings it back", async () => {
  const scene = new Scene();
  await scene.start();
  const [old] = scene.sockets;
  scene.live.stop();
  old!.events.opened();
  old!.events.heard('{"type":"poke"}');
  await scene.close(1006);
  expect([scene.pokes, scene.waits(), old!.open]).toEqual([0, [], false]);
  await scene.start();
  expect(scene.sockets.length).toBe(2);
});

test("asked twice at once it connects once; shown again during a pause it connects at once", async () => {
  const scene = new Scene();
  scene.live.start();
  await scene.start();
  expect(scene.sockets.length).toBe(1);
  await scene.close(1006);
  await scene.start();
  expect([scene.sockets.length, scene.waits()]).toEqual([2, []]);
});

test("signed out it tries again later, as after a network that refuses the socket", async () => {
  const scene = new Scene();
  scene.signedIn = false;
  await scene.start();
  expect([scene.sockets.length, scene.waits()]).toEqual([0, [2000]]);
  scene.signedIn = true;
  await scene.pass(2000);
  expect(scene.sockets.length).toBe(1);
});
