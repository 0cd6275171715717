// Photos and papers go up in pieces and go on after a cut line, also after a reload with the same file. Without this
// script, or where the browser cannot hash (no https), the form sends the file itself.
'use strict';

(() => {
  const PIECE = 512 * 1024;
  const RETRIES = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000];
  const SIGNED_OUT = '登录已失效。请重新登录后再次选择这个文件，已上传的部分不会重传。';
  const TYPES = { jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp', heic: 'image/heic', pdf: 'application/pdf' };

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('form[data-upload]') || !window.crypto?.subtle || !window.tus?.isSupported) return;
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    send(form, form.elements.file.files[0])
      .catch((fault) => say(form, fault.message, 'late'))
      .finally(() => (button.disabled = false));
  });

  function say(form, text, tone = 'act') {
    const line = form.querySelector('[data-progress]');
    line.hidden = false;
    line.className = `progress ${tone}`;
    line.textContent = text;
  }

  async function send(form, file) {
    say(form, '正在准备……');
    const sha256 = await digest(file);
    const kind = form.elements.kind.value;
    const filetype = file.type || TYPES[file.name.split('.').pop().toLowerCase()] || 'application/octet-stream';
    const remembered = `upload:${form.dataset.upload}:${kind}:${sha256}`;
    const id = localStorage.getItem(remembered) ?? crypto.randomUUID();
    await declare(form, { id, kind, sha256, size: file.size, filetype });
    localStorage.setItem(remembered, id); // the same file after a reload is the same evidence, and goes on
    await upload(form, file, { evidence: id, sha256, filetype });
    localStorage.removeItem(remembered);
    form.reset();
    await showProofs(form);
    say(form, '服务器已收到并核验。', 'done');
  }

  async function digest(file) {
    const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  async function declare(form, fact) {
    const body = new URLSearchParams(fact);
    const answer = await fetch(form.dataset.upload, { method: 'POST', body, headers: { 'X-CSRFToken': window.desk.csrf() } });
    if (!answer.ok) throw new Error(answer.status === 401 ? SIGNED_OUT : (await answer.json()).detail);
  }

  async function upload(form, file, metadata) {
    const finished = Promise.withResolvers?.() ?? deferred();
    const task = new tus.Upload(file, {
      endpoint: '/api/v1/uploads/',
      chunkSize: PIECE,
      retryDelays: RETRIES,
      metadata,
      removeFingerprintOnSuccess: true,
      fingerprint: async () => `tus:${metadata.evidence}`,
      onBeforeRequest: async (request) => {
        const held = await window.desk.ticket();
        if (held === null) throw new Error(SIGNED_OUT);
        request.setHeader('Authorization', `Bearer ${held}`);
      },
      onProgress: (sent, size) => say(form, `正在上传 ${Math.floor((100 * sent) / size)}%`),
      onSuccess: finished.resolve,
      onError: (fault) => finished.reject(new Error(reason(fault))),
    });
    const [previous] = await task.findPreviousUploads();
    if (previous) task.resumeFromPreviousUpload(previous);
    task.start();
    await finished.promise;
  }

  function deferred() {
    const parts = {};
    parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
  }

  function reason(fault) {
    try {
      return JSON.parse(fault.originalResponse.getBody()).detail;
    } catch {
      return fault.message === SIGNED_OUT ? SIGNED_OUT : '网络中断，未传完的部分已保留，请再次选择这个文件继续。';
    }
  }

  async function showProofs(form) {
    const section = form.closest('section');
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
    const fresh = page.querySelector(`#${section.id} [data-proofs]`);
    if (fresh) section.querySelector('[data-proofs]').replaceChildren(...document.importNode(fresh, true).childNodes);
  }
})();
