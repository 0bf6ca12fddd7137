// The frame of the Mini App: exchanges initData for a token, then shows pages.
import { ask, hold, put } from "./door.js";
import { begin, initData, swipes } from "./telegram.js";

const $ = (id) => document.getElementById(id);
const PAGES = ["map", "me"];
let running = null;

function refuse(id) { $("main").hidden = true; $("tabs").hidden = true; $(id).hidden = false; }

// A reload comes with the same initData, which can't be exchanged twice: the token is kept for this tab meanwhile.
async function enter() {
  const kept = JSON.parse(sessionStorage.getItem("opened") ?? "null");
  if (kept?.initData === initData && kept.until > Date.now()) return kept;
  const response = await ask("/app/enter", { init_data: initData });
  if (!response.ok) { await put($("main"), response); return null; }
  const { token, seconds, language, tabs } = await response.json();
  const opened = { initData, token, language, tabs, until: Date.now() + seconds * 1000 };
  sessionStorage.setItem("opened", JSON.stringify(opened));
  return opened;
}

async function show(page) {
  running?.stop?.();
  running = null;
  const response = await ask(`/app/${page}`);
  const { ok, title } = await put($("main"), response);
  document.title = title;
  if (response.status === 401) { sessionStorage.removeItem("opened"); $("tabs").hidden = true; }
  for (const tab of $("tabs").querySelectorAll("a")) tab.setAttribute("aria-current", tab.dataset.page === page ? "page" : "false");
  swipes(page !== "map");
  const part = ok && $("main").querySelector("[data-module]");
  if (part) running = await (await import(`./${part.dataset.module}`)).start(part);
}

function wanted() {
  const named = location.hash.slice(1);
  const asked = PAGES.includes(named) ? named : new URLSearchParams(location.search).get("page");
  return PAGES.includes(asked) ? asked : PAGES[0];
}

async function open() {
  begin();
  if (!initData) return refuse("refused");
  const opened = await enter();
  if (!opened) return;
  hold(opened.token);
  document.documentElement.lang = opened.language;
  $("tabs").replaceChildren(...PAGES.map((page) => {
    const tab = document.createElement("a");
    Object.assign(tab, { href: `#${page}`, textContent: opened.tabs[page] });
    tab.dataset.page = page;
    return tab;
  }));
  $("tabs").hidden = false;
  $("tabs").addEventListener("click", (event) => {
    const tab = event.target.closest("a");
    if (!tab) return;
    event.preventDefault();
    history.replaceState(null, "", `#${tab.dataset.page}`);
    show(tab.dataset.page).then(() => $("main").focus(), () => refuse("offline"));
  });
  await show(wanted());
}
open().catch(() => refuse("offline"));
