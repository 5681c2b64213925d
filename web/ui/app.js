// What JavaScript adds to the pages. Each of these has a twin without it: the browser's own menu prints, an error summary is on top of the page, a form
// sent twice is answered the same by the server (form key), and the end of a hold is written on the page with a button beside it.

import { callDesk } from "./calls.js";
import { liveParts } from "./live.js";

const all = (selector) => document.querySelectorAll(selector);

function printButtons() {
  for (const b of all("[data-print]")) {
    b.hidden = false;
    b.addEventListener("click", () => window.print());
  }
  for (const words of all("[data-no-js]")) words.hidden = true;
}

// An element with autofocus gets the focus when a page is loaded, but not always when it came back after a form; and a link in the summary goes to the
// field's label, so that the question is seen, with the focus in the field.
function errorSummary() {
  const summary = document.querySelector("[data-error-summary]");
  if (!summary) return;
  window.addEventListener("pageshow", () => requestAnimationFrame(() => summary.contains(document.activeElement) || summary.focus()));
  summary.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const question = field.closest("fieldset, .ds-field") || field;
    question.scrollIntoView();
    // A moment later: the Enter key that pressed the link is still on its way, and in the field it would send the form.
    setTimeout(() => field.focus({ preventScroll: true }), 50);
  });
}

// A second click on the way is stopped. After ten seconds, or when the page is shown again, the form may be sent anew.
function sendOnce() {
  const wait = 10_000;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-once") || event.defaultPrevented) return;
    const sent = Number(form.dataset.sent || 0);
    if (sent && performance.now() - sent < wait) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = String(performance.now());
  });
  window.addEventListener("pageshow", () => {
    for (const form of all("form[data-sent]")) delete form.dataset.sent;
  });
}

// Two minutes before a kept time lapses, a dialog offers more. The server's clock counts, not the browser's.
function holdWarning() {
  for (const box of all("[data-hold-until]")) {
    const dialog = box.querySelector("dialog");
    const left = Date.parse(box.dataset.holdUntil) - Date.parse(box.dataset.holdNow);
    if (!dialog || !dialog.showModal || !(left > 0)) continue;
    const before = Math.min(120_000, left / 2);
    for (const b of dialog.querySelectorAll("[data-close]")) b.addEventListener("click", () => dialog.close());
    window.setTimeout(() => dialog.open || dialog.showModal(), Math.max(0, left - before - performance.now()));
  }
}

// Passkeys. The server's options and the browser's answer are JSON; what is bytes in between is base64url. What comes of it is sent with the form.
const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function usePasskey(kind, asked, form) {
  const options = asked.publicKey;
  options.challenge = toBytes(options.challenge);
  for (const c of [...(options.allowCredentials || []), ...(options.excludeCredentials || [])]) c.id = toBytes(c.id);
  if (options.user) {
    options.user.id = toBytes(options.user.id);
    // Where name and address are asked on the same page, the passkey is called by them.
    options.user.name = form.elements.email?.value || options.user.name;
    options.user.displayName = form.elements.person?.value || options.user.displayName;
  }
  const made = await navigator.credentials[kind]({ publicKey: options });
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = toText(made.response[name]);
  }
  if (made.response.getTransports) response.transports = made.response.getTransports();
  return JSON.stringify({
    id: made.id, rawId: toText(made.rawId), type: made.type, response, clientExtensionResults: made.getClientExtensionResults(),
    authenticatorAttachment: made.authenticatorAttachment || undefined,
  });
}

function passkeyButtons() {
  if (!window.PublicKeyCredential) return;
  for (const button of all("[data-passkey]")) {
    const form = button.form;
    const failed = button.parentElement.querySelector("[data-passkey-failed]");
    button.hidden = false;
    for (const words of button.parentElement.querySelectorAll("[data-no-passkey]")) words.hidden = true;
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        form.elements.credential.value = await usePasskey(button.dataset.passkey, JSON.parse(button.dataset.options), form);
      } catch {
        failed.hidden = false; // given up, or no such passkey here: the browser does not say which
        return;
      }
      form.requestSubmit(button);
    });
  }
}

// A function key presses the button that names it: the first one of the page that is seen. Nothing is done by such a key alone.
function functionKeys() {
  document.addEventListener("keydown", (event) => {
    if (!/^F\d+$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.repeat) return;
    const target = [...all(`[data-key="${event.key}"]`)].find((e) => e.getClientRects().length > 0);
    if (!target || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    target.click();
  });
}

// A page of what others write asks now and then whether it is still what is there, as long as it is looked at and somebody was there a short while ago: so a
// screen that nobody sits at does not keep its session alive. What is new is said, and never put into the page under the reader's hands.
function freshNotes() {
  const every = 15_000;
  const awake = 10 * 60_000;
  for (const box of all("[data-fresh]")) {
    let touched = performance.now();
    for (const what of ["pointerdown", "keydown"]) document.addEventListener(what, () => (touched = performance.now()), { passive: true });
    const timer = window.setInterval(async () => {
      if (document.hidden || performance.now() - touched > awake) return;
      try {
        const answer = await fetch(box.dataset.fresh, { redirect: "error" });
        if (!answer.ok || (await answer.text()).trim() === box.dataset.mark) return;
      } catch {
        return; // no network: the next time
      }
      box.firstElementChild.hidden = false;
      window.clearInterval(timer);
    }, every);
  }
}

// How many text messages something typed is, counted as the server does (domain/notify): one septet for a letter of the first alphabet, two for the second,
// and 16-bit units for everything as soon as one letter is in neither.
const gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const gsmExtended = "\f^{}\\[~]|€";
const septets = new Map([...[...gsmBasic].map((c) => [c, 1]), ...[...gsmExtended].map((c) => [c, 2])]);
const plainer = new Map([..."–—‑−"].map((c) => [c, "-"]).concat([..."’‘`"].map((c) => [c, "'"]), [..."”“„"].map((c) => [c, '"']), [["…", "..."], ["\u200b", " "]]));

function partsOf(text) {
  const letters = [...text];
  const odd = [...new Set(letters.filter((c) => !septets.has(c)))].join("");
  const [cost, alone, part] = odd ? [(c) => c.length, 70, 67] : [(c) => septets.get(c), 160, 153];
  const used = letters.reduce((n, c) => n + cost(c), 0);
  if (used <= alone) return { parts: 1, used, left: alone - used, odd };
  let [parts, filled] = [1, 0];
  for (const c of letters) {
    if (filled + cost(c) > part) [parts, filled] = [parts + 1, 0];
    filled += cost(c);
  }
  return { parts, used, left: part - filled, odd };
}

// Marks that cost are left out, unless there are letters that nothing stands for.
function plain(text) {
  let out = "";
  for (const c of text.normalize("NFC")) {
    if ((c < "\x7f" && c !== "`") || (c > "\x7f" && septets.has(c))) out += c;
    else if (plainer.has(c)) out += plainer.get(c);
    else if (/\s/.test(c)) out += " ";
    else {
      const [base] = c.normalize("NFD");
      if (base >= "\x7f") return text;
      out += base;
    }
  }
  return out;
}

const filled = (wording, facts) => wording.replace(/\{([^}]*)(\}|$)/g, (_, name) => (Object.hasOwn(facts, name) ? facts[name] : ""))
  .split(/\s+/).filter(Boolean).join(" ").replace(/ ([.,:!?])/g, "$1");

function partCounters() {
  for (const box of all("[data-parts-of]")) {
    const field = document.getElementById(box.dataset.partsOf);
    if (!field) continue;
    const [count, odd] = box.querySelectorAll("p");
    const shown = box.dataset.shown && document.getElementById(box.dataset.shown);
    const words = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    let waiting;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        let text = field.value.trim() || box.dataset.fallback || "";
        if (box.dataset.facts) text = filled(text, JSON.parse(box.dataset.facts));
        if ("plain" in box.dataset) text = plain(text);
        const size = partsOf(text);
        count.textContent = words(box.dataset.count, size);
        odd.textContent = words(box.dataset.odd, size);
        odd.hidden = !size.odd;
        if (shown) shown.textContent = text;
      }, 250);
    });
  }
}

// A form in which it hangs on an answer what else is asked is sent as soon as that answer is changed, as its button "do=again" would, and its questions are put in place anew; the focus stays. Who has
// typed or chosen on meanwhile is asked again first, and a form with files that wait to be sent is left as it is: there the button does it.
function changingForms() {
  const typed = (form) => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  for (const form of all("form[data-asks]")) {
    const look = async () => {
      if ([...form.querySelectorAll("input[type=file]")].some((f) => f.files.length)) return;
      const sent = typed(form);
      const body = new URLSearchParams(sent);
      body.set("do", "again");
      let fresh;
      try {
        const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
        fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form[data-asks]");
      } catch {
        return; // no network, or signed out: the button says so
      }
      if (!fresh) return;
      if (typed(form).toString() !== sent.toString()) {
        look();
        return;
      }
      const focused = document.activeElement?.id;
      form.replaceChildren(...fresh.childNodes);
      document.getElementById(focused)?.focus({ preventScroll: true });
    };
    form.addEventListener("change", (event) => event.target.closest("[data-again]") && look());
  }
}

printButtons();
errorSummary();
sendOnce();
holdWarning();
passkeyButtons();
functionKeys();
freshNotes();
partCounters();
changingForms();
liveParts();
callDesk();
