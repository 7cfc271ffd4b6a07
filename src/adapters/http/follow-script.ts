/**
 * Runs in the reader's browser: asks every two seconds for the page as it is now, and takes over what is new, without
 * closing what was opened or moving what is looked at. Another round is another page.
 */
export const followScript = `
(async () => {
  await new Promise((done) => document.addEventListener('DOMContentLoaded', done));
  const here = location.pathname.replace(/\\/since\\/.*$/, '');
  for (;;) {
    const main = document.querySelector('main[data-since]');
    if (main === null) return;
    await new Promise((done) => setTimeout(done, 2000));
    if (document.hidden) continue;
    try {
      const answer = await fetch(here + '/since/' + main.dataset.since, { cache: 'no-store' });
      if (answer.status === 204) continue;
      if (!answer.ok) return location.reload();
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const now = page.querySelector('main');
      if (now === null || now.dataset.name !== main.dataset.name) return location.reload();
      for (const part of page.querySelectorAll('[data-part]')) {
        const old = document.getElementById(part.id);
        if (old !== null) old.replaceWith(part);
      }
      const list = document.getElementById('steps');
      for (const step of [...page.querySelectorAll('#steps > li')]) {
        const old = document.getElementById(step.id);
        if (old === null) list.append(step);
        else if (old.dataset.state !== step.dataset.state) {
          const open = old.querySelector('details')?.open === true;
          old.replaceWith(step);
          const inner = step.querySelector('details');
          if (inner !== null && open) inner.open = true;
        }
      }
      document.title = page.title;
      if (now.dataset.since === undefined) main.removeAttribute('data-since');
      else main.dataset.since = now.dataset.since;
    } catch {
      // The server is away for a moment.
    }
  }
})();
`;
