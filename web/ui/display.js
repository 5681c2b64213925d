// A display in the lobby: calls with chime and speech. It begins silently with what is there, whatever it was before, and shows nothing that is stale.
import { listen, swap } from "./live.js";

const board = document.querySelector("[data-display]");

if (board) {
  const note = document.getElementById(board.dataset.stale);
  const sound = document.getElementById("sound");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let time = board.dataset.time;
  let known;
  let context;
  let speaking = Promise.resolve();

  const wait = (ms) => new Promise((done) => window.setTimeout(done, ms));

  // Two tones, the second a third lower, each fading within half a second.
  const chime = async () => {
    context ||= new AudioContext();
    if (context.state === "suspended") await Promise.race([context.resume(), wait(200)]);
    sound.hidden = context.state === "running";
    if (context.state !== "running") return;
    for (const [i, pitch] of [784, 622].entries()) {
      const at = context.currentTime + i * 0.45;
      const [tone, volume] = [context.createOscillator(), context.createGain()];
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.5, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.65);
    }
    await wait(1_100);
  };

  // A browser without a voice for the language stays silent in it: a Finnish number in an English mouth helps nobody.
  const speak = (said) =>
    new Promise((done) => {
      const voice = window.speechSynthesis?.getVoices().find((v) => v.lang.toLowerCase().replace("_", "-").split("-")[0] === said.lang);
      if (!voice) return done();
      const words = new SpeechSynthesisUtterance(said.text);
      words.voice = voice;
      words.lang = voice.lang;
      words.rate = 0.9;
      words.onend = words.onerror = () => done();
      window.speechSynthesis.speak(words);
      window.setTimeout(done, 15_000);
    });

  const announce = (say) => {
    speaking = speaking.then(async () => {
      if ("chime" in board.dataset) await chime();
      if (!("speech" in board.dataset)) return;
      for (let time = 0; time < 2; time++) {
        for (const said of say) await speak(said);
      }
    });
  };

  const state = (html) => {
    swap(board, html);
    const now = new Set();
    for (const call of [...board.querySelectorAll("[data-call]")].reverse()) {
      const key = call.dataset.call;
      now.add(key);
      // What was there before the page was is not called again by us, nor what was called a while ago: the server leaves its words out.
      if (!known || known.has(key) || !call.dataset.say) continue;
      announce(JSON.parse(call.dataset.say));
      if (!calm) call.dataset.fresh = "";
    }
    known = now;
  };

  listen(board.dataset.display, {
    state,
    beat: (clock) => {
      time = clock;
      for (const e of document.querySelectorAll("[data-live-time]")) e.textContent = clock;
    },
    lost: () => {
      note.textContent = note.dataset.words.replace("{time}", time);
      note.hidden = false;
      board.hidden = true;
    },
    found: () => {
      note.hidden = true;
      board.hidden = false;
    },
  });

  sound.querySelector("button").addEventListener("click", chime);
  window.speechSynthesis?.getVoices();
  // A page that stays open for days is loaded anew each night, so that it is the one that the server has now.
  const nightly = () => {
    const night = new Date();
    night.setHours(27, 10, 0, 0);
    window.setTimeout(async () => {
      try {
        if ((await fetch(window.location.href)).ok) window.location.reload();
      } catch {
        // no network: the next night
      }
      nightly();
    }, night - Date.now());
  };
  nightly();
}
