// Text of a long form survives a reload, a killed browser and a lost session: it is kept on this device until the
// server has taken it, at most a fortnight.
'use strict';

(() => {
  const FORTNIGHT = 14 * 24 * 3600 * 1000;
  const PREFIX = 'draft:';
  const SENT = 'draft-sent';

  const fieldsOf = (form) =>
    [...form.elements].filter((field) => field.name && !['hidden', 'file', 'submit', 'password'].includes(field.type));
  const keyOf = (form) => `${PREFIX}${document.body.dataset.user}:${location.pathname}:${form.dataset.draft}`;

  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function save(form) {
    const fields = Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), fields }));
  }

  /** Fill what is empty; what the server sent back is newer than what lies here. */
  function restore(form) {
    const kept = read(keyOf(form));
    if (!kept) return;
    let restored = false;
    for (const field of fieldsOf(form)) {
      if (!field.value && kept.fields[field.name]) {
        field.value = kept.fields[field.name];
        restored = true;
      }
    }
    if (!restored) return;
    form.closest('details')?.setAttribute('open', '');
    const note = document.createElement('p');
    note.className = 'hint';
    note.setAttribute('role', 'status');
    note.textContent = '已恢复您上次未提交的内容。';
    form.prepend(note);
  }

  function forgetOld() {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && Date.now() - (read(key)?.at ?? 0) > FORTNIGHT) localStorage.removeItem(key);
    }
  }

  const restoreAll = () => document.querySelectorAll('form[data-draft]').forEach(restore);

  document.addEventListener('input', (event) => {
    const form = event.target.form; // boxes in a table belong to a form that stands elsewhere
    if (!form?.matches('form[data-draft]')) return;
    window.desk.changed = true;
    save(form);
  });
  document.addEventListener('submit', (event) => {
    if (event.target.matches('form[data-draft]')) sessionStorage.setItem(SENT, keyOf(event.target));
  });
  document.addEventListener('desk:refreshed', restoreAll);

  if (document.querySelector('[data-said]')) localStorage.removeItem(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
  forgetOld();
  restoreAll();
})();
