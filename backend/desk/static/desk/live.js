// Keeps a page up to date: the socket says that something is new, the page is fetched and its content replaced.
// What somebody is typing is never replaced; then a bar offers to do it.
'use strict';

(() => {
  const FIRST_WAIT = 1000;
  const LONGEST_WAIT = 30000;
  const UNAUTHORIZED = 401;
  const NOT_MODIFIED = 304;
  const PULSE = 20_000;
  const SOON = 2000;

  const host = document.querySelector('[data-live]');
  let seen = Number(host.dataset.seen);
  let socket = null;
  let wait = FIRST_WAIT;
  let tag = host.dataset.tag;
  let asking = null;

  const desk = (window.desk = { csrf, ticket, refresh, changed: false });

  function csrf() {
    return document.querySelector('input[name=csrfmiddlewaretoken]').value;
  }

  /** What uploads and the socket ask for; null when nobody is signed in any more. */
  async function ticket() {
    const answer = await fetch(host.dataset.ticket, { method: 'POST', headers: { 'X-CSRFToken': csrf() } });
    if (answer.status === UNAUTHORIZED) return null;
    if (!answer.ok) throw new Error(`ticket: ${answer.status}`);
    return (await answer.json()).ticket;
  }

  async function refresh() {
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('[data-live]');
    if (!fresh) return;
    seen = Number(fresh.dataset.seen);
    tag = fresh.dataset.tag;
    host.replaceChildren(...document.importNode(fresh, true).childNodes);
    showUnread(Number(page.querySelector('[data-unread]').textContent || 0));
    document.dispatchEvent(new Event('desk:refreshed'));
  }

  function showUnread(count) {
    const badge = document.querySelector('[data-unread]');
    badge.textContent = count || '';
    badge.hidden = !count;
  }

  function offerRefresh() {
    if (host.querySelector('[data-offer]')) return;
    const bar = document.createElement('p');
    bar.className = 'notice soon';
    bar.setAttribute('role', 'status');
    bar.dataset.offer = '';
    const button = document.createElement('button');
    button.textContent = '刷新';
    button.addEventListener('click', () => {
      desk.changed = false;
      refresh();
    });
    bar.append('有新的消息，您正在填写的内容不会丢失。', button);
    host.prepend(bar);
  }

  async function connect() {
    socket = null;
    try {
      const held = await ticket();
      if (held === null) return; // signed out: the next click shows the way in
      const packed = btoa(held).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
      socket = new WebSocket(`${scheme}//${location.host}/ws/v1/live`, ['inspection.v1', `bearer.${packed}`]);
    } catch {
      later();
      return;
    }
    socket.addEventListener('open', () => {
      wait = FIRST_WAIT;
      socket.send(JSON.stringify({ type: 'hello', inbox: seen }));
    });
    socket.addEventListener('message', (event) => hear(JSON.parse(event.data)));
    socket.addEventListener('close', later);
  }

  /** A page that says where its pulse is: whether it has changed is asked quietly, at once when something happened. */
  async function pulse() {
    asking = null;
    if (!document.hidden) {
      const answer = await fetch(host.dataset.pulse, { headers: { 'If-None-Match': `"${tag}"` } }).catch(() => null);
      if (answer?.ok && answer.status !== NOT_MODIFIED && !answer.redirected) await changed();
    }
    ask(PULSE);
  }

  function ask(delay) {
    if (!host.dataset.pulse || (asking && delay >= PULSE)) return;
    clearTimeout(asking);
    asking = setTimeout(pulse, delay);
  }

  function changed() {
    if (desk.changed) return offerRefresh();
    return refresh();
  }

  function hear(message) {
    if (message.type === 'poke') ask(SOON);
    if (message.type !== 'inbox') return;
    showUnread(message.unread);
    if (message.seq <= seen) return;
    seen = message.seq;
    changed();
  }

  function later() {
    socket = null;
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  connect();
  ask(PULSE);
})();
