// A kiosk's screens. The server makes every screen; this swaps them in place, so that nothing is left in a history, adds the keys of a hardware number pad
// and of a reader of codes that types, reads aloud, goes back to the start when nobody is there, and says so when the server is not, until it is again.

const page = document.documentElement;
const off = document.querySelector("[data-off]");
const screen = () => document.querySelector("[data-screen]");
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// How long an answer may take, nobody may touch the screen, and the question whether somebody is there stands; how often the server is asked whether it
// is there, and for how long a form that got no answer is kept, to be sent again. All in milliseconds.
const answerTime = 8_000;
const idleTime = 45_000;
const stillTime = 30_000;
const beatTime = 15_000;
const downTime = 2_000;
const keepTime = 30_000;

// What belongs to one visit, and is forgotten with it.
let visit = {};
let busy = false;
let down = false;
let kept = null; // a form that got no answer

// Speech.
const voice = window.speechSynthesis;
function hear() {
  const words = screen()?.dataset.say;
  if (!voice || !words) return;
  voice.cancel();
  const u = new SpeechSynthesisUtterance(words);
  u.lang = page.lang;
  voice.speak(u);
}

function beep() {
  try {
    const sound = new AudioContext();
    const tone = sound.createOscillator();
    const loud = sound.createGain();
    loud.gain.value = 0.15;
    tone.frequency.value = 660;
    tone.connect(loud).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.25);
    tone.onended = () => sound.close();
  } catch {
    // no sound here: the words are on the screen
  }
}

// Idle.
let timers = [];
function later(ms, f) {
  timers.push(setTimeout(f, ms));
}
function still() {
  return document.querySelector("[data-still]");
}
function rest() {
  timers.forEach(clearTimeout);
  timers = [];
  const s = screen();
  if (!s || down) return;
  const seconds = Number(s.dataset.rest);
  if (seconds > 0) later(seconds * 1000, home);
  if (!s.dataset.idle || visit.unhurried) return;
  later(idleTime, () => {
    still()?.showModal();
    beep();
    if (visit.heard && voice) {
      voice.cancel();
      const u = new SpeechSynthesisUtterance(still()?.querySelector("h2")?.textContent ?? "");
      u.lang = page.lang;
      voice.speak(u);
    }
    later(stillTime, home);
  });
}
function touched() {
  if (still()?.open) still().close();
  rest();
}

function dress() {
  page.dataset.colorScheme = visit.contrast ? "contrast" : "light";
  page.toggleAttribute("data-lower", Boolean(visit.lower));
  for (const [name, on] of [["contrast", visit.contrast], ["lower", visit.lower]]) {
    document.querySelector(`[data-do="${name}"]`)?.setAttribute("aria-pressed", String(Boolean(on)));
  }
}

// show puts a screen in place of the one before.
function show(doc) {
  const next = doc.querySelector("[data-screen]");
  const first = !next.dataset.idle && !Number(next.dataset.rest);
  const ours = (d) => [...d.head.querySelectorAll("script, link[rel=stylesheet]")].map((e) => e.getAttribute("src") ?? e.getAttribute("href")).join();
  if (first && ours(doc) !== ours(document)) return window.location.assign(next.dataset.home); // the server has another version of this script
  page.lang = doc.documentElement.lang;
  page.dataset.kiosk = doc.documentElement.dataset.kiosk;
  document.title = doc.title;
  voice?.cancel();
  screen().replaceWith(document.adoptNode(next));
  window.scrollTo(0, 0);
  if (first) visit = {}; // a new visit
  dress();
  document.getElementById("main")?.focus();
  rest();
  if (next.dataset.speaks || visit.heard) hear();
}

// ask gets a screen. Without an answer it is asked for again; a form twice, since the server does each once.
async function ask(address, body) {
  for (let tries = body ? 3 : 2; ; ) {
    try {
      const answer = await fetch(address, {
        method: body ? "POST" : "GET", body, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(answerTime),
      });
      const doc = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (doc.querySelector("[data-screen]")) return doc;
      if (answer.ok) return null; // the server has something else for this browser
      throw new Error("no screen");
    } catch (why) {
      if (--tries === 0) throw why;
      await wait(700);
    }
  }
}

async function go(address, body) {
  if (busy) return;
  busy = true;
  screen()?.setAttribute("aria-busy", "true");
  const asked = Date.now();
  try {
    const doc = await ask(address, body);
    if (!doc) return window.location.assign(address);
    show(doc);
  } catch {
    kept = body ? { address, body, asked } : null;
    lost();
  } finally {
    busy = false;
    screen()?.removeAttribute("aria-busy");
  }
}

function home() {
  visit = {};
  go(screen().dataset.home);
}

// The server is gone, and back.
async function there() {
  try {
    const answer = await fetch(screen().dataset.beat, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(answerTime) });
    if (answer.status === 401 || answer.status === 403) window.location.assign(screen().dataset.home);
    return answer.ok;
  } catch {
    return false;
  }
}

async function lost() {
  if (down) return;
  down = true;
  timers.forEach(clearTimeout);
  voice?.cancel();
  if (still()?.open) still().close();
  off.hidden = false;
  screen().inert = true;
  while (!(await there())) await wait(downTime);
  down = false;
  off.hidden = true;
  screen().inert = false;
  const form = kept;
  kept = null;
  if (form && Date.now() - form.asked < keepTime) go(form.address, form.body);
  else home();
}

async function beat() {
  for (;;) {
    await wait(beatTime);
    if (down || busy || (await there())) continue;
    await wait(downTime);
    if (!busy && !(await there())) lost();
  }
}

// What the buttons do that are no form and no link.
const deeds = {
  contrast: () => ((visit.contrast = !visit.contrast), dress()),
  lower: () => ((visit.lower = !visit.lower), dress()),
  hear: () => ((visit.heard = true), hear()),
  print: () => window.print(),
  stay: () => touched(),
  more: () => ((visit.unhurried = true), touched()),
  clear: () => put(""),
};

function field() {
  return document.querySelector("[data-pad] input[name=pin]");
}
function put(value) {
  const f = field();
  if (f) f.value = value.slice(0, f.maxLength);
}

document.addEventListener("click", (event) => {
  const at = event.target.closest("a, button");
  if (!at) return;
  if (at.dataset.put !== undefined) return put(field().value + at.dataset.put);
  if (at.dataset.do) return deeds[at.dataset.do]();
  if (at.tagName === "A") {
    event.preventDefault();
    go(at.href);
  }
});
document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.matches("[data-pad]") && !field().value) return deeds.hear();
  go(form.action, new URLSearchParams(new FormData(form)));
});
document.addEventListener("contextmenu", (event) => event.preventDefault());
for (const sign of ["pointerdown", "keydown"]) document.addEventListener(sign, touched, true);

// Keys. A person types a key now and then; a reader types a whole code at once, and Enter. What comes faster than this belongs together.
const together = 80;
let typed = "";
let timer;

function digit(d) {
  if (field()) return put(field().value + d);
  const key = document.querySelector(`[data-digit="${d}"]`);
  if (key) key.click();
  else if (d === "5") deeds.hear();
}
function byHand() {
  const keys = typed;
  typed = "";
  for (const k of keys) if (k >= "0" && k <= "9") digit(k);
}
function enter() {
  const at = document.activeElement;
  if (at && at.matches("a, button") && !at.matches("[data-put]")) return at.click();
  const pad = document.querySelector("[data-pad]");
  if (pad) return pad.requestSubmit();
  document.querySelector("[data-main]")?.click();
}
function clear(last) {
  if (field()?.value) return put(last ? field().value.slice(0, -1) : "");
  document.querySelector("[data-back]")?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || down) return;
  if (event.key === "Enter") {
    event.preventDefault();
    clearTimeout(timer);
    const code = typed;
    if (code.length > 6 && screen().dataset.scan) {
      typed = "";
      return go(screen().dataset.scan, new URLSearchParams({ code }));
    }
    byHand();
    return enter();
  }
  if (["Backspace", "Escape", "Delete", "Clear"].includes(event.key)) {
    event.preventDefault();
    return clear(event.key === "Backspace");
  }
  if (event.key.length !== 1 || event.key === " ") return;
  event.preventDefault();
  typed += event.key;
  clearTimeout(timer);
  timer = setTimeout(byHand, together);
});

// Without a server a browser shows a page of its own when it is started: the worker shows ours.
navigator.serviceWorker?.register("/kiosk/worker.js", { scope: "/" }).catch(() => {});

dress();
rest();
beat();
if (screen()?.dataset.speaks) hear();
