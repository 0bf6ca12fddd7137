// How pages ask the server: a Mini App with its token, the console with its cookie and the session's CSRF token.
import { openLink } from "./telegram.js";

const root = document.documentElement.dataset.root ?? "";
const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";
let token = "";
export function hold(found) { token = found; }

export async function ask(path, fields = null) {
  const headers = token ? { Authorization: `Bearer ${token}` } : csrf ? { "X-CSRF-Token": csrf } : {};
  const options = fields ? { method: "POST", body: new URLSearchParams(fields) } : {};
  return await fetch(root + path, { ...options, headers, cache: "no-store" });
}

// What the server sends is put in as it is: its templates escape whatever people wrote, and scripts in it do not run.
export async function put(box, response) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const content = page.querySelector("#main") ?? page.body;
  box.replaceChildren(...content.childNodes);
  const title = box.querySelector("[data-title]")?.dataset.title ?? page.title;
  return { ok: response.ok, title };
}

// Links out of the page, which Telegram's app opens.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-out]");
  if (link && openLink(link.href)) event.preventDefault();
});
