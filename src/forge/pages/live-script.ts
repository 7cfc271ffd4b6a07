/** What the browser runs, kept here as text since nothing else may import it. It works without, too: then one reloads. */
export const liveScript = `// Lets the parts marked data-live follow what happens, without touching what somebody is typing into.
const everyMs = 2500;

function busy(element) {
  return element.contains(document.activeElement) || element.querySelector('details.editor[open]') !== null;
}

async function follow() {
  if (document.hidden) return;
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!response.ok) return;
  const newer = new DOMParser().parseFromString(await response.text(), 'text/html');
  const main = document.getElementById('main');
  const head = newer.getElementById('main')?.dataset.head;
  if (head !== main.dataset.head || newer.title !== document.title) document.getElementById('moved').hidden = false;
  // What was shown for one head is never mixed with what belongs to another: a review is of what was seen.
  if (head !== main.dataset.head) return;
  for (const old of document.querySelectorAll('[data-live]')) {
    const now = newer.getElementById(old.id);
    if (now && !busy(old) && now.innerHTML !== old.innerHTML) old.replaceWith(document.adoptNode(now));
  }
  // What is merged or closed takes no review and no push any more.
  for (const old of document.querySelectorAll('[data-while-open]')) {
    if (!newer.getElementById(old.id) && !busy(old)) old.remove();
  }
}

setInterval(() => follow().catch(() => {}), everyMs);
`;
