/** The person's messages and what the office tells everybody, as the screens show them. */
import type { Shown } from "../engine/overlay.ts";
import { text } from "../engine/wire.ts";
import type { Route } from "../visit/route.ts";

export interface Message {
  id: string;
  seq: number;
  kind: string;
  title: string;
  body: string;
  at: string;
  read: boolean;
  subject: { kind: string; id: string };
  /** Counts as read only when the person says 我已知悉. */
  weighty: boolean;
  /** The server asks for that word, too: the office sees who gave it (`inbox.acknowledge`). */
  asked: boolean;
  acknowledged: boolean;
}

export interface Announcement {
  id: string;
  title: string;
  body: string;
  by: string;
  at: string;
}

/** After these something has to be done or left undone: a glance at the list is not enough. */
const WEIGHTY = [
  ...["visit.returned", "visit.refiled", "visit.alarm", "assignment.cancelled", "assignment.declined"],
  ...["answer.conflict", "operation.dismissed", "crew.left"],
];

/** Newest first. */
export function messagesOf(rows: readonly Shown[]): Message[] {
  const found = rows.map(({ id, doc }) => {
    const subject = (doc["subject"] ?? {}) as Record<string, string>;
    return {
      ...{ id, seq: Number(doc["seq"] ?? 0), kind: text(doc["kind"]), title: text(doc["title"]), body: text(doc["body"]) },
      ...{ at: text(doc["at"]), asked: doc["needs_ack"] === true, acknowledged: doc["acknowledged"] === true },
      ...{ read: doc["read"] === true, weighty: doc["needs_ack"] === true || WEIGHTY.includes(text(doc["kind"])) },
      subject: { kind: subject["kind"] ?? "", id: subject["id"] ?? "" },
    };
  });
  return found.sort((a, b) => b.seq - a.seq);
}

/** What still wants something of the person: to be read, or the word that the server asked for. */
export function unreadOf(messages: readonly Message[]): Message[] {
  return messages.filter((message) => !message.read || (message.asked && !message.acknowledged));
}

/** The number of the newest message that is here: what the live socket is told (protocol, Live). */
export function lastSeq(messages: readonly Message[]): number {
  return messages[0]?.seq ?? 0;
}

/** Newest first. */
export function announcementsOf(rows: readonly Shown[]): Announcement[] {
  const found = rows.map(({ id, doc }) => ({
    ...{ id, title: text(doc["title"]), body: text(doc["body"]), by: text(doc["by"]), at: text(doc["at"]) },
  }));
  return found.sort((a, b) => b.at.localeCompare(a.at));
}

/** One `inbox.read`: of a message, or of everything up to its number. */
export interface Reading {
  id: string;
  upto: number | null;
}

/**
 * As few operations as mark everything read that needs no word of the person: one for all below the first weighty
 * message, then one for each.
 */
export function clearing(messages: readonly Message[]): Reading[] {
  const waiting = messages.filter((message) => !message.read).sort((a, b) => a.seq - b.seq);
  const wall = waiting.find((message) => message.weighty)?.seq ?? Infinity;
  const ordinary = waiting.filter((message) => !message.weighty);
  const below = ordinary.filter((message) => message.seq < wall).at(-1);
  const above = ordinary.filter((message) => message.seq > wall).map(({ id }) => ({ id, upto: null }));
  return [...(below ? [{ id: below.id, upto: below.seq }] : []), ...above];
}

/** The operation by which the person says 我已知悉. */
export function wordFor(message: Message): "inbox.acknowledge" | "inbox.read" {
  return message.asked ? "inbox.acknowledge" : "inbox.read";
}

/** Where a message leads, null where this phone has nothing to show for it. */
export function leadsTo({ kind, subject }: Message, visits: readonly Shown[]): Route | null {
  if (kind.startsWith("operation.")) return { screen: "uploads" };
  if (subject.kind === "visit" && visits.some((visit) => visit.id === subject.id)) {
    return { screen: "visit", visit: subject.id };
  }
  if (subject.kind === "assignment" || kind.startsWith("assignment.")) return { screen: "today" };
  return null;
}
