// What the harness knows of pages. It runs in a world of its own in each document; elements that were found are kept in `last`.
globalThis.luukku = (() => {
  const squeeze = (s) => s.replace(/[\u00ad\u200b\u2060\ufeff]/g, '').replace(/\s+/g, ' ').trim();
  const text = () => (document.body?.innerText ?? '').split('\n').map(squeeze).filter(Boolean).join('\n');
  let last = null;

  const visible = (el) => el.checkVisibility({ visibilityProperty: true }) && el.getClientRects().length > 0;
  // Parts that only screen readers meet: clipped to nothing, or moved off the page.
  const offered = (el) => {
    const r = el.getBoundingClientRect();
    return visible(el) && r.width > 1 && r.height > 1 && r.right + scrollX > 0 && r.bottom + scrollY > 0;
  };
  const byIDs = (ids) => squeeze((ids ?? '').split(/\s+/).map((id) => id && document.getElementById(id)?.textContent).filter(Boolean).join(' '));
  const ownText = (label) => {
    const copy = label.cloneNode(true);
    copy.querySelectorAll('select,textarea,button,script,style').forEach((e) => e.remove());
    return squeeze(copy.textContent);
  };
  const labelOf = (el) => byIDs(el.getAttribute('aria-labelledby')) || squeeze(el.getAttribute('aria-label') ?? '') ||
    squeeze([...(el.labels ?? [])].map(ownText).join(' ')) || squeeze(el.title ?? '');
  const nameOf = (el) => {
    const said = byIDs(el.getAttribute('aria-labelledby')) || squeeze(el.getAttribute('aria-label') ?? '');
    if (said) return said;
    if (el instanceof HTMLInputElement) return squeeze(el.value || el.alt || el.title);
    const alts = [...el.querySelectorAll('img[alt]')].map((i) => i.alt).join(' ');
    return squeeze(`${el.innerText ?? el.textContent} ${alts}`) || squeeze(el.title ?? '');
  };
  const describe = (el) => {
    const cls = typeof el.className === 'string' && el.className ? '.' + el.className.trim().split(/\s+/).join('.') : '';
    const name = squeeze(nameOf(el) || labelOf(el)).slice(0, 40);
    return `<${el.localName}${el.id ? '#' + el.id : ''}${cls}>${name ? ` "${name}"` : ''}`;
  };
  const list = (els, name) => els.slice(0, 40).map((e) => JSON.stringify(name(e))).join(', ') || 'none';

  // The whole name first, then a part of it; a sentence when there is none or when several different ones fit.
  const pick = (kind, want, from, name) => {
    want = squeeze(want);
    for (const fits of [(s) => s === want, (s) => want && s.toLowerCase().includes(want.toLowerCase())]) {
      const some = from.filter((e) => fits(name(e)));
      if (new Set(some.map(name)).size > 1) return { error: `${JSON.stringify(want)} means more than one ${kind}: ${list(some, name)}` };
      if (some.length) return { el: some[0] };
    }
    return { error: `no ${kind} ${JSON.stringify(want)}; there is: ${list(from, name)}` };
  };

  const navigates = (el) => {
    const a = el.closest('a[href]');
    if (a) return !a.getAttribute('href').startsWith('#') && !a.hasAttribute('download') && (a.target === '' || a.target === '_self');
    const b = el.closest('button,input');
    return !!b?.form && (b.type === 'submit' || b.type === 'image');
  };
  const locate = (el) => {
    last = el;
    if (el.matches(':disabled') || el.getAttribute('aria-disabled') === 'true') return { Error: `${describe(el)} is switched off` };
    el.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const r = [...el.getClientRects()].find((r) => r.width > 0 && r.height > 0);
    if (!r) return { Error: `${describe(el)} cannot be seen` };
    const [X, Y] = [(Math.max(r.left, 0) + Math.min(r.right, innerWidth)) / 2, (Math.max(r.top, 0) + Math.min(r.bottom, innerHeight)) / 2];
    const hit = document.elementFromPoint(X, Y);
    if (!hit) return { Error: `${describe(el)} is outside of what can be scrolled to` };
    const own = el === hit || el.contains(hit) || [...(el.labels ?? [])].some((l) => l.contains(hit));
    if (!own) return { Error: `${describe(el)} is covered by ${describe(hit)}` };
    return { X, Y, Navigates: navigates(el), On: !!el.checked, Value: el.value ?? '' };
  };

  const clickable = (want) => {
    if (/^[#.[]/.test(want)) {
      const el = [...document.querySelectorAll(want)].find(offered);
      return el ? locate(el) : { Error: `nothing that can be seen fits ${want}` };
    }
    const buttons = 'a[href],area[href],button,input[type=submit],input[type=button],input[type=image],input[type=reset],summary,' +
      '[role=button],[role=link],[role=tab],[role=menuitem]';
    const controls = [...document.querySelectorAll(buttons)].filter(offered);
    const got = pick('link or button', want, controls, nameOf);
    if (got.el) return locate(got.el);
    const labels = [...document.querySelectorAll('label')].filter(offered).filter((l) => squeeze(l.innerText) === squeeze(want));
    return labels.length ? locate(labels[0]) : { Error: got.error };
  };

  const groupName = (el) => {
    const g = el.closest('fieldset,[role=group],[role=radiogroup]');
    return g ? squeeze(g.querySelector('legend')?.innerText ?? '') || labelOf(g) : '';
  };
  const fields = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.type !== 'hidden' && visible(e));
  const pickField = (label, from, name = labelOf) => {
    const cut = label.indexOf(' > ');
    if (cut >= 0) {
      const group = squeeze(label.slice(0, cut));
      from = from.filter((e) => groupName(e).startsWith(group));
      label = label.slice(cut + 3);
    }
    const want = squeeze(label);
    const exact = from.filter((e) => name(e) === want);
    if (exact.length > 1) return { error: `${exact.length} fields are called ${JSON.stringify(want)}; write "Legend > Label"` };
    return pick('field', label, from, name);
  };
  const texts = 'input:not([type=checkbox],[type=radio],[type=submit],[type=button],[type=image],[type=reset],[type=file]),textarea';
  const textField = (label) => {
    const got = pickField(label, fields(texts));
    if (!got.el) return { Error: got.error };
    if (got.el.readOnly) return { Error: `${describe(got.el)} cannot be changed` };
    return locate(got.el);
  };
  // A styled box may hide its input: a person presses the label.
  const box = (el) => {
    const at = locate(el);
    if (!at.Error || !el.labels?.length || el.disabled) return at;
    const by = locate([...el.labels].find(offered) ?? el.labels[0]);
    last = el;
    return { ...by, Navigates: false, On: el.checked };
  };
  const tick = (label) => {
    const from = [...document.querySelectorAll('input[type=checkbox],input[type=radio]')].filter((e) => visible(e) || [...e.labels].some(offered));
    const got = pickField(label, from);
    return got.el ? box(got.el) : { Error: got.error };
  };
  const radios = () => [...document.querySelectorAll('input[type=radio]')];
  const optionText = (o) => squeeze(o.label || o.textContent);
  const select = (label, option) => {
    const firsts = radios().filter((r, i, all) => all.findIndex((o) => o.name === r.name && o.form === r.form) === i);
    const name = (e) => (e.type === 'radio' ? groupName(e) : labelOf(e));
    const got = pickField(label, [...fields('select'), ...firsts], name);
    if (!got.el) return { Error: got.error };
    if (got.el.type === 'radio') {
      const one = pick(`choice of ${label}`, option, radios().filter((r) => r.name === got.el.name && r.form === got.el.form), labelOf);
      return one.el ? box(one.el) : { Error: one.error };
    }
    const at = locate(got.el);
    if (at.Error) return at;
    const one = pick(`option of ${label}`, option, [...got.el.options].filter((o) => !o.disabled), optionText);
    if (!one.el) return { Error: one.error };
    // The list itself is drawn by the operating system and cannot be pressed here.
    got.el.focus();
    got.el.value = one.el.value;
    got.el.dispatchEvent(new Event('input', { bubbles: true }));
    got.el.dispatchEvent(new Event('change', { bubbles: true }));
    return {};
  };
  const value = (label) => {
    const got = pickField(label, fields(texts + ',select'));
    if (!got.el) return { Error: got.error };
    return { Value: got.el.selectedOptions ? [...got.el.selectedOptions].map(optionText).join(', ') : got.el.value };
  };

  return {
    squeeze, text, visible, offered, describe, labelOf, nameOf, clickable, textField, tick, select, value,
    mark: () => { if (document.activeElement !== last) last.focus(); last.select?.(); return true; },
    state: () => ({ Value: last.value ?? '', On: !!last.checked }),
    focused: () => { const el = document.activeElement; return nameOf(el) && el !== document.body ? labelOf(el) || nameOf(el) : labelOf(el) || el.localName; },
    enterNavigates: () => { const el = document.activeElement; return !!el && (navigates(el) || (!!el.form && el.localName === 'input')); },
  };
})();
