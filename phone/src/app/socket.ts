/** The browser's WebSocket behind the port of the live socket. */
import type { Socket, SocketEvents } from "../around/live.ts";

export function connect(protocols: string[], events: SocketEvents): Socket {
  const address = new URL("/ws/v1/live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address, protocols);
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }) => typeof data === "string" && events.heard(data);
  socket.onclose = ({ code }) => events.closed(code);
  return { send: (text) => socket.send(text), close: () => socket.close() };
}
