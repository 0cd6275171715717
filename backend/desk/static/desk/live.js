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
    if (desk.changed) return offerRefresh(); // typed while it was fetched
    tag = fresh.dataset.tag;
    replace(document.importNode(fresh, true));
    showUnread(Number(page.querySelector('[data-unread]').dataset.unread));
    document.dispatchEvent(new Event('desk:refreshed'));
  }

  /** What was unfolded stays unfolded, the focus stays where it was, and what was said of the last deed stays said. */
  function replace(fresh) {
    const unfolded = new Map([...host.querySelectorAll('details')].map((each) => [nameOf(each), each.open]));
    for (const each of fresh.querySelectorAll('details')) each.open = unfolded.get(nameOf(each)) ?? each.open;
    const focused = document.activeElement;
    const [field, folded] = [focused.id, focused.localName === 'summary' ? nameOf(focused.parentElement) : null];
    const said = host.querySelector('[data-said]');
    host.replaceChildren(...fresh.childNodes);
    if (said && !host.querySelector('[data-said]')) (host.querySelector('h1') ?? host.firstElementChild).after(said);
    const summary = [...host.querySelectorAll('details')].find((each) => nameOf(each) === folded)?.firstElementChild;
    (summary ?? (field ? document.getElementById(field) : null))?.focus({ preventScroll: true });
  }

  /** By its form, or by its words without what they count. */
  function nameOf(details) {
    const form = details.querySelector('form[data-draft]');
    return form ? form.dataset.draft : details.firstElementChild.textContent.replace(/\d+/g, '');
  }

  function showUnread(count) {
    const badge = document.querySelector('[data-unread]');
    badge.textContent = count > 99 ? '99+' : count || '';
    badge.dataset.unread = count;
    badge.title = `${count} 条未读`;
    badge.setAttribute('aria-label', badge.title);
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
