// Keeps an open tab at what is on disk. Served and injected by `dateline serve`, never written to the site.
"use strict";
(() => {
  const digest = document.currentScript.dataset.digest || "";
  const place = "dateline:place";
  let source = null;
  let wait = 250;
  let timer = 0;

  // A reload keeps the reader's place, also where the browser would not.
  const kept = JSON.parse(sessionStorage.getItem(place) || "null");
  sessionStorage.removeItem(place);
  if (kept && kept.path === location.pathname) {
    const go = () => scrollTo({ left: kept.x, top: kept.y, behavior: "instant" });
    go();
    addEventListener("load", go, { once: true });
  }
  const reload = () => {
    sessionStorage.setItem(place, JSON.stringify({ path: location.pathname, x: scrollX, y: scrollY }));
    location.reload();
  };

  const sheets = () => [...document.querySelectorAll('link[rel~="stylesheet"]')].filter((l) => !l.dataset.leaving);
  const swap = (link, address) => {
    const fresh = link.cloneNode();
    fresh.href = address;
    link.dataset.leaving = "1";
    // The old sheet leaves when the new one is there: no flash of a bare page.
    fresh.onload = () => link.remove();
    fresh.onerror = () => { fresh.remove(); delete link.dataset.leaving; };
    link.after(fresh);
  };
  const address = (link) => link.getAttribute("href").replace(/[?&]live=\d+$/, "");
  let turn = 0;
  const css = (swaps) => {
    for (const link of sheets()) {
      const old = address(link);
      const fresh = swaps[old];
      if (fresh === undefined) continue;
      // A stylesheet whose name carries no hash needs another address to be fetched again.
      swap(link, fresh === old ? `${fresh}${fresh.includes("?") ? "&" : "?"}live=${++turn}` : fresh);
    }
  };
  const shows = (path) =>
    performance.getEntriesByType("resource").some((entry) => new URL(entry.name).pathname === path);

  const on = {
    hello({ stale, styles }) {
      wait = 250;
      if (stale) return reload();
      cover([]);
      const links = sheets();
      if (styles.length === links.length) {
        links.forEach((link, i) => { if (address(link) !== styles[i]) swap(link, styles[i]); });
      }
    },
    reload({ page, changed }) { if (page || changed.some(shows)) reload(); },
    css,
    problems: (problems) => cover(problems),
  };

  // The overlay lives in a shadow tree, so that the site's styles and ours do not meet.
  let host = null;
  const add = (parent, name, text, attributes = {}) => {
    const element = document.createElement(name);
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  };
  const cover = (problems) => {
    if (host) host.remove();
    host = null;
    if (!problems.length) return;
    host = document.createElement("dateline-overlay");
    const shadow = host.attachShadow({ mode: "open" });
    add(shadow, "link", "", { rel: "stylesheet", href: "/_dateline/dev.css" });
    const box = add(shadow, "section", "", { role: "alertdialog", "aria-labelledby": "h", tabindex: "-1", class: "overlay", lang: "en" });
    add(box, "h1", problems.length === 1 ? "The last build failed" : `The last build failed in ${problems.length} places`, { id: "h" });
    for (const problem of problems) {
      const part = add(box, "article", "");
      add(part, "h2", problem.file + (problem.line ? `:${problem.line}` : ""));
      add(part, "p", problem.cause, { class: "cause" });
      if (problem.source.length) {
        const code = add(part, "ol", "", { start: problem.source[0][0] });
        for (const [number, text] of problem.source) {
          add(code, "li", text || " ", { value: number, ...(number === problem.line ? { "aria-current": "true" } : {}) });
        }
      }
      if (problem.chain.length) add(part, "p", problem.chain.join(" → "), { class: "chain" });
      if (problem.hint) add(part, "p", problem.hint, { class: "hint" });
    }
    add(box, "p", "The page below is the last good one. Esc closes this; the next good build does, too.", { class: "small" });
    document.documentElement.append(host);
    box.focus();
  };
  addEventListener("keydown", (event) => { if (event.key === "Escape" && host) cover([]); });

  const stop = () => { clearTimeout(timer); if (source) source.close(); source = null; };
  const connect = () => {
    stop();
    source = new EventSource(`/_dateline/events?path=${encodeURIComponent(location.pathname)}&digest=${digest}`);
    for (const [kind, act] of Object.entries(on)) {
      source.addEventListener(kind, (event) => { act(JSON.parse(event.data)); });
    }
    source.onerror = () => {
      stop();
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 1.6, 5000);
    };
  };
  // A browser keeps six connections to a host: a hidden tab gives its own back and asks again when it is seen.
  const follow = () => (document.visibilityState === "visible" ? connect() : stop());
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
  follow();
})();
