// Builds the bundle in web/ui/dist: style sheet, script, fonts and the icon of the tab, each under a name that carries its content's hash, plain,
// gzip and brotli, and manifest.json, which package ui reads. Run by "make assets"; needs "npm ci --ignore-scripts" before. The same input gives the
// same bytes.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const ui = join(here, "..");
const dist = join(ui, "dist");
const work = join(root, "node_modules/.cache/luukku");

const types = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
};
const manifest = {};

// put writes one file of the bundle and returns its hashed name.
function put(name, body) {
  const [stem, ext] = name.split(".");
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
  const file = `${stem}.${hash}.${ext}`;
  const sizes = { plain: body.length };
  writeFileSync(join(dist, file), body);
  if (ext !== "woff2") {
    const gz = gzipSync(body, { level: 9 });
    gz[9] = 255; // the operating system's byte, which would differ between machines
    const br = brotliCompressSync(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    });
    writeFileSync(join(dist, file + ".gz"), gz);
    writeFileSync(join(dist, file + ".br"), br);
    Object.assign(sizes, { gzip: gz.length, brotli: br.length });
  }
  manifest[name] = { file, type: types[ext], hash };
  console.log(name.padEnd(16), Object.entries(sizes).map(([k, v]) => `${k} ${v}`).join("  "));
  return file;
}

// layers returns the design system's theme without its colours: package theme computes those for each organisation.
function layers() {
  const css = readFileSync(require.resolve("@digdir/designsystemet-css/theme.css"), "utf8");
  const wanted = /^@layer ds\.theme\.(size-mode|type-scale|size|semantic|typography\.primary|color)\{/;
  const blocks = [];
  for (let i = 0; i < css.length; ) {
    const open = css.indexOf("{", i);
    if (open < 0) break;
    let depth = 1;
    let end = open + 1;
    for (; depth > 0; end++) depth += { "{": 1, "}": -1 }[css[end]] ?? 0;
    blocks.push(css.slice(i, end).trim());
    i = end;
  }
  const kept = blocks.filter((b) => wanted.test(b));
  if (kept.length !== 6) throw new Error(`the design system's theme has ${kept.length} of the 6 layers we know: look at it`);
  return kept.join("\n").replace(/\[data-color-scheme\]\[data-color=brand2\],\[data-color=brand2\]\{[^}]*\}/, "");
}

// range writes characters as a unicode-range.
function range(text) {
  const codes = [...new Set([...text].map((c) => c.codePointAt(0)))].sort((a, b) => a - b);
  const runs = [];
  for (const c of codes) {
    const last = runs.at(-1);
    if (last && c === last[1] + 1) last[1] = c;
    else runs.push([c, c]);
  }
  const hex = (n) => n.toString(16).toUpperCase();
  return runs.map(([a, b]) => "U+" + hex(a) + (a === b ? "" : "-" + hex(b))).join(",");
}

const span = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");

// The font in three pieces. Every page has "Čeština" in its header, so the letters of Czech are a small piece of their own; names from elsewhere in
// Europe fetch the third.
const czech = "ČčĎďĚěŇňŘřŠšŤťŮůŽž";
const pieces = [
  ["inter.woff2", "latin", span(0x20, 0x7e) + span(0xa0, 0xff) + "–—‘’‚“”„†•…‹›€−™↑↓ "],
  ["inter-cs.woff2", "latin-ext", czech],
  ["inter-ext.woff2", "latin-ext", [...span(0x100, 0x17f) + "ȘșȚțẞǍǎǤǥǦǧǨǩǮǯƷʒ"].filter((c) => !czech.includes(c)).join("")],
];

async function fonts() {
  const subset = (await import("subset-font")).default;
  const faces = [];
  for (const [name, source, text] of pieces) {
    const path = require.resolve(`@fontsource-variable/inter/files/inter-${source}-wght-normal.woff2`);
    const body = await subset(readFileSync(path), text, {
      targetFormat: "woff2",
      variationAxes: { wght: { min: 400, max: 700 } },
      keepFeatures: ["kern", "ccmp", "locl", "mark", "mkmk", "tnum"],
    });
    const file = put(name, body);
    faces.push(
      `@font-face{font-family:Inter;font-style:normal;font-weight:400 700;font-display:swap;src:url(${file}) format("woff2");unicode-range:${range(text)}}`,
    );
  }
  return faces.join("\n");
}

function esbuild(entry, out, ...flags) {
  execFileSync("go", ["tool", "-modfile=tools/go.mod", "esbuild", entry, "--bundle", "--minify", "--log-level=warning", `--outfile=${out}`,
    "--external:*.woff2", "--target=chrome99,firefox97,safari15.4", ...flags], { cwd: root, stdio: "inherit" });
  return readFileSync(out);
}

mkdirSync(work, { recursive: true });
mkdirSync(dist, { recursive: true });
for (const f of readdirSync(dist)) if (f !== "README") rmSync(join(dist, f));

writeFileSync(join(work, "system.css"), layers());
writeFileSync(join(work, "fonts.css"), await fonts());
put("app.css", esbuild(join(ui, "css/app.css"), join(work, "app.css"), `--alias:luukku-build=${work}`));
put("app.js", esbuild(join(ui, "app.js"), join(work, "app.js"), "--format=iife"));
put("kiosk.css", esbuild(join(ui, "css/kiosk.css"), join(work, "kiosk.css")));
put("kiosk.js", esbuild(join(ui, "kiosk.js"), join(work, "kiosk.js"), "--format=iife"));
put("kiosk-worker.js", esbuild(join(ui, "kiosk-worker.js"), join(work, "kiosk-worker.js"), "--format=iife"));
put("display.css", esbuild(join(ui, "css/display.css"), join(work, "display.css"), `--alias:luukku-build=${work}`));
put("display.js", esbuild(join(ui, "display.js"), join(work, "display.js"), "--format=iife"));
put("icon.svg", readFileSync(join(ui, "icon.svg")));
writeFileSync(join(dist, "manifest.json"), JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 1) + "\n");
