(() => {
  const { offered, describe, squeeze } = luukku;
  const all = () => [...document.body.querySelectorAll('*')].filter((el) => !(el instanceof SVGElement && el.localName !== 'svg') && offered(el));
  const px = (n) => Math.round(n * 10) / 10;

  // Whether a box around el takes what sticks out of it: by scrolling on its own, or by cutting it off (which is looked at separately).
  const contained = (el, edge) => {
    for (let up = el.parentElement; up && up !== document.body && up !== document.documentElement; up = up.parentElement) {
      if (getComputedStyle(up).overflowX === 'visible') continue;
      const r = up.getBoundingClientRect();
      if (r.right <= edge + 1 && r.left >= -1) return true;
    }
    return false;
  };
  const ownWords = (el) => [...el.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && squeeze(n.data));

  const overflow = () => {
    const found = [];
    const root = document.scrollingElement;
    const width = document.documentElement.clientWidth;
    const cut = [root, document.body].some((el) => /hidden|clip/.test(getComputedStyle(el).overflowX));
    if (!cut && root.scrollWidth > width + 1) found.push(`the page scrolls sideways: ${root.scrollWidth} px in a window of ${width} px`);
    const out = new Set(all().filter((el) => {
      const r = el.getBoundingClientRect();
      return (r.right + scrollX > width + 1 || r.left + scrollX < -1) && !contained(el, width);
    }));
    // The innermost ones are the cause; those around them only follow.
    for (const el of out) {
      if ([...el.children].some((c) => out.has(c))) continue;
      const r = el.getBoundingClientRect();
      found.push(`${describe(el)} reaches from ${px(r.left + scrollX)} to ${px(r.right + scrollX)} px in a window of ${width} px`);
    }
    for (const el of all()) {
      const s = getComputedStyle(el);
      if (el.matches('input,select,textarea') || (!ownWords(el) && ![...el.children].some((c) => offered(c) && squeeze(c.innerText ?? '')))) continue;
      const cutX = /hidden|clip/.test(s.overflowX) && el.scrollWidth > el.clientWidth + 1;
      const cutY = /hidden|clip/.test(s.overflowY) && el.scrollHeight > el.clientHeight + 1;
      if (el.clientWidth && (cutX || cutY)) {
        found.push(`${describe(el)} cuts its text off: ${el.scrollWidth}x${el.scrollHeight} px in a box of ${el.clientWidth}x${el.clientHeight} px`);
      }
    }
    return found.slice(0, 30);
  };

  const inText = (el) => {
    if (!/^inline/.test(getComputedStyle(el).display) || el.matches('button,input,select,textarea')) return false;
    let block = el.parentElement;
    while (block && getComputedStyle(block).display === 'inline') block = block.parentElement;
    if (!block) return false;
    // Words beside the links of the block, in the block's own lines.
    let words = squeeze(block.innerText ?? '');
    for (const link of block.querySelectorAll('a[href]')) words = words.replace(squeeze(link.innerText), '');
    return /[\p{L}\p{N}]/u.test(words);
  };
  const join = (a, b) => {
    const [left, top] = [Math.min(a.left, b.left), Math.min(a.top, b.top)];
    return { left, top, right: Math.max(a.right, b.right), bottom: Math.max(a.bottom, b.bottom) };
  };
  const targets = () => {
    const found = [];
    const controls = 'a[href],area[href],button,input:not([type=hidden]),select,textarea,summary,[role=button],[role=link],[role=tab],[role=menuitem],[tabindex]';
    for (const el of document.querySelectorAll(controls)) {
      if (el.getAttribute('tabindex')?.startsWith('-') || el.matches(':disabled') || !luukku.visible(el)) continue;
      const labels = [...(el.labels ?? [])].filter(offered);
      const boxed = el.matches('input[type=checkbox],input[type=radio]');
      if (!offered(el) && !(boxed && labels.length)) continue; // only for screen readers, or until it has the focus
      if (el.matches('[tabindex]:not(a,button,input,select,textarea,summary,[role])')) continue; // a part that scrolls, not a control
      let r = el.getBoundingClientRect();
      if (boxed) for (const l of labels) r = join(r, l.getBoundingClientRect());
      const [w, h] = [r.right - r.left, r.bottom - r.top];
      if ((w < 23.95 || h < 23.95) && !inText(el)) found.push(`${describe(el)} is ${px(w)}x${px(h)} px`);
    }
    return found;
  };

  const space = (on) => {
    if (!on) {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== globalThis.luukkuSpacing);
      return document.body.offsetWidth;
    }
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }');
    globalThis.luukkuSpacing = sheet;
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return document.body.offsetWidth;
  };

  // What of the spacing and of the text size (of `medium`, in pixels) is not in effect yet: a transition may still be on its way, or the page insists on
  // its own. What is measured before this is empty says nothing.
  const unspaced = (medium) => {
    const found = [];
    const probe = document.createElement('div');
    probe.style.setProperty('all', 'initial', 'important');
    document.body.append(probe);
    const size = getComputedStyle(probe).fontSize;
    probe.remove();
    if (size !== `${medium}px`) found.push(`the text size is ${size}, not ${medium}px`);
    const words = all().filter((el) => ownWords(el) && !el.matches('select,option,optgroup,textarea'));
    if (!words.length) found.push('there is no text to space');
    for (const el of words) {
      const s = getComputedStyle(el);
      const least = { lineHeight: 1.5, letterSpacing: 0.12, wordSpacing: 0.16, ...(el.localName === 'p' && { marginBottom: 2 }) };
      const short = Object.keys(least).filter((k) => !(parseFloat(s[k]) >= least[k] * parseFloat(s.fontSize) - 0.05));
      if (short.length) found.push(`${describe(el)} does not take the spacing: ${short.map((k) => `${k} ${s[k]}`).join(', ')} with letters of ${s.fontSize}`);
    }
    return found.slice(0, 30);
  };
  return { overflow, targets, space, unspaced };
})()
