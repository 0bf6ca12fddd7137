// The console: starts what a page brings, and closes it once the session has ended.
import { ask } from "./door.js";

const part = document.querySelector("[data-module]");
if (part) import(`./${part.dataset.module}`).then((module) => module.start(part));

const token = document.querySelector("meta[name=csrf]").content, root = document.documentElement.dataset.root;
document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRF-Token"] = token; });

// Where a role was taken away or the session ended, nothing of it stays on the screen.
function close() {
  document.querySelector("header.bar").remove();
  document.getElementById("main").remove();
  document.getElementById("ended").hidden = false;
}
// What a list asked for and did not get is said above it.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) return close();
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html"), told = document.getElementById("told");
  told.textContent = page.querySelector(".notice")?.textContent ?? "";
  told.hidden = false;
});
document.addEventListener("htmx:beforeRequest", () => { document.getElementById("told").hidden = true; });
const live = new EventSource(`${root}/console/live`);
live.addEventListener("ended", () => { live.close(); close(); });
live.addEventListener("error", async () => {
  if (live.readyState !== EventSource.CLOSED) return;
  if ((await ask("/console/live?look=1")).status === 401) close();
});
// A page that the browser kept for its Back button is asked for again.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
