// The desk for calling (ui.Desk): its forms are sent without leaving the page, and what others do is seen at once. Everything is read from the page itself, as
// anybody without JavaScript would get it, and put in part by part, so that focus, open details and what is being typed stay.
import { listen } from "./live.js";

const awake = 30 * 60_000; // after so long without anybody there, a screen asks no more, and lets its session end

// Two parts are alike if nothing but the form keys differs.
function alike(a, b) {
  const bare = (e) => {
    const copy = e.cloneNode(true);
    for (const key of copy.querySelectorAll('input[name="key"]')) key.removeAttribute("value");
    for (const d of copy.querySelectorAll("details[open]")) d.removeAttribute("open");
    for (const f of copy.querySelectorAll("form[data-sent]")) f.removeAttribute("data-sent");
    return copy;
  };
  return bare(a).isEqualNode(bare(b));
}

const summaries = (part) => [...part.querySelectorAll("details[open] > summary")].map((s) => s.textContent);

function put(box, page, mine) {
  const fresh = page.getElementById("desk");
  if (!fresh) return false;
  const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
  const inPlace = (ids) => ids.every((id) => box.querySelector(`#${id}`) && fresh.querySelector(`#${id}`));
  const ids = ["desk-head", "desk-status", "desk-serving", "desk-queue", "desk-others"];
  if (!inPlace(ids)) {
    box.replaceChildren(...fresh.childNodes);
  } else {
    for (const id of ids) {
      const [old, now] = [box.querySelector(`#${id}`), fresh.querySelector(`#${id}`)];
      // What others do does not take away what is being typed; a line about it comes when it is sent.
      if (alike(old, now) || (!mine && old.hasAttribute("data-typed"))) continue;
      if (id === "desk-status") {
        if (mine) old.textContent = now.textContent;
        continue;
      }
      const open = mine ? [] : summaries(old);
      for (const s of now.querySelectorAll("details > summary")) if (open.includes(s.textContent)) s.parentElement.open = true;
      old.replaceWith(now);
    }
  }
  document.title = page.title;
  const again = focused && document.getElementById(focused);
  if (again && again !== document.activeElement) again.focus({ preventScroll: true });
  return true;
}

export function callDesk() {
  const box = document.getElementById("desk");
  if (!box || !window.EventSource) return;
  const note = document.getElementById("desk-lost");
  let touched = performance.now();
  let [busy, wanted, mark] = [false, false, ""];

  const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  const refresh = async () => {
    if (busy || document.hidden || performance.now() - touched > awake) {
      wanted = true;
      return;
    }
    [busy, wanted] = [true, false];
    try {
      const address = new URL(window.location.href);
      for (const name of ["done", "about"]) address.searchParams.delete(name);
      const answer = await fetch(address);
      if (!put(box, await parse(answer), false) && answer.status < 500) window.location.reload();
    } catch {
      wanted = true; // no network: the stream says when it is back
    }
    busy = false;
    if (wanted) window.setTimeout(refresh, 500);
  };
  const woken = () => {
    touched = performance.now();
    if (wanted) refresh();
  };
  for (const what of ["pointerdown", "keydown"]) document.addEventListener(what, woken, { passive: true });
  document.addEventListener("visibilitychange", () => document.hidden || (wanted && refresh()));
  box.addEventListener("input", (event) => event.target.closest("#desk > *, #desk-columns > *")?.setAttribute("data-typed", ""));

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || !box.contains(form) || form.method !== "post") return;
    event.preventDefault();
    touched = performance.now();
    busy = true;
    try {
      const body = new URLSearchParams(new FormData(form, event.submitter));
      const answer = await fetch(form.action, { method: "POST", body });
      const page = await parse(answer);
      if (!put(box, page, true)) {
        // Another page came of it, such as one with a form to mend: it is shown as a whole.
        document.title = page.title;
        document.getElementById("main")?.replaceWith(page.getElementById("main") || page.body);
        document.getElementById("main")?.querySelector("[autofocus], h1")?.focus();
      } else if (answer.url) {
        const to = new URL(answer.url);
        for (const name of ["done", "about"]) to.searchParams.delete(name);
        if (answer.redirected) window.history.replaceState(null, "", to);
      }
      note.hidden = true;
    } catch {
      note.hidden = false;
    }
    delete form.dataset.sent;
    busy = false;
    if (wanted) refresh();
  });

  if (box.dataset.desk) listen(box.dataset.desk, {
    state: (now) => {
      const first = mark === "";
      if (now === mark) return;
      mark = now;
      if (!first) refresh();
    },
    lost: () => (note.hidden = false),
    found: () => {
      note.hidden = true;
      refresh();
    },
  });
}
