// Listens to an event stream of the server (web/stream.go): "state" is the whole state, "beat" says that it still holds, with the clock. What has not been
// heard of for 15 seconds is stale, and whoever shows it has to say so. A stream that the server refuses is asked for again, later and later.
const stale = 15_000;

export function listen(address, { state, beat, lost, found }) {
  let source;
  let heard = performance.now();
  let late = false;
  let pause = 2_000;
  const sound = () => {
    heard = performance.now();
    pause = 2_000;
    if (late) found?.();
    late = false;
  };
  const look = () => {
    if (late || performance.now() - heard < stale) return;
    late = true;
    lost?.();
  };
  const open = () => {
    source = new EventSource(address);
    source.addEventListener("state", (event) => {
      sound();
      state(event.data);
    });
    source.addEventListener("beat", (event) => {
      sound();
      beat?.(event.data);
    });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) again();
    });
  };
  // The browser does not say why it was refused. Who may no longer look loads the page anew, and is told there.
  const again = () => {
    window.setTimeout(async () => {
      try {
        const answer = await fetch(address, { redirect: "error" });
        if ([401, 403, 404, 410].includes(answer.status)) return window.location.reload();
        if (answer.ok) return open();
      } catch {
        // no network: later
      }
      again();
    }, pause * (0.5 + Math.random()));
    pause = Math.min(2 * pause, 60_000);
  };
  open();
  window.setInterval(look, 1_000);
  document.addEventListener("visibilitychange", look);
}

// swap puts a new state into a box. What has not changed stays, and so does the focus.
export function swap(box, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const [before, after] = [[...box.children], [...fresh.content.children]];
  const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
  if (before.length === after.length && before.every((e, i) => e.id === after[i].id)) {
    before.forEach((old, i) => {
      if (old.isEqualNode(after[i])) return;
      // A screen reader listens to the element that is there.
      if (old.getAttribute("role") === "status") old.innerHTML = after[i].innerHTML;
      else old.replaceWith(after[i]);
    });
  } else {
    box.replaceChildren(...fresh.content.childNodes);
  }
  const again = focused && document.getElementById(focused);
  if (again && again !== document.activeElement) again.focus({ preventScroll: true });
}

// Parts of a page that change by themselves: <div data-live="address of the stream" data-stale="id">. The element with the id is the sentence that is shown
// when nothing is heard, with {time} in its data-words for since when; the part is hidden then, unless it has data-keep. Without JavaScript the page has a
// link that reads it anew.
export function liveParts() {
  for (const box of document.querySelectorAll("[data-live]")) {
    const note = document.getElementById(box.dataset.stale);
    let time = box.dataset.time || "";
    listen(box.dataset.live, {
      state: (html) => {
        swap(box, html);
        box.dispatchEvent(new CustomEvent("live", { bubbles: true }));
      },
      beat: (clock) => {
        time = clock;
        for (const e of document.querySelectorAll("[data-live-time]")) e.textContent = clock;
      },
      lost: () => {
        if (note) {
          note.textContent = note.dataset.words.replace("{time}", time);
          note.hidden = false;
        }
        if (!("keep" in box.dataset)) box.hidden = true;
      },
      found: () => {
        if (note) note.hidden = true;
        box.hidden = false;
      },
    });
  }
}
