// A Mini App in a frame, as Telegram's apps for browsers show one; and what the page in it tells.
import { $ } from "/phone/dom.js";

let phone = null;

export async function openApp(url, opener) {
  phone = opener;
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const answer = await fetch(`/phone/app?${new URLSearchParams({ person: opener.person, url, dark: Number(dark) })}`);
  if (!answer.ok) return;
  const frame = document.createElement("iframe");
  Object.assign(frame, { src: (await answer.json()).url, title: "Mini App", allow: "geolocation" });
  $("frame").replaceChildren(frame);
  $("miniApp").showModal();
}

window.addEventListener("message", (event) => {
  const frame = $("frame").firstElementChild;
  if (!frame || event.source !== frame.contentWindow || typeof event.data !== "string") return;
  const { eventType, eventData } = JSON.parse(event.data);
  if (eventType === "web_app_close") $("miniApp").close();
  if (eventType === "web_app_open_link") phone.openLink(eventData.url);
  if (eventType === "web_app_open_tg_link") { $("miniApp").close(); phone.openLink(`https://t.me${eventData.path_full}`); }
});
$("miniApp").addEventListener("close", () => $("frame").replaceChildren());
