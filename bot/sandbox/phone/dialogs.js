// The dialogs that all phones share: a word from the bot, a picture and its code, people to pick.
import { fileOf } from "/phone/content.js";
import { $, button, make } from "/phone/dom.js";
import { word } from "/phone/words.js";

export function alertWith(text) {
  $("alertText").textContent = text;
  if (!$("alert").open) $("alert").showModal();
}

export function zoomInto(message, phone) {
  const picture = message.photo.at(-1);
  Object.assign($("zoomed"), { src: fileOf(picture.file_id), alt: message.caption || word("photo"), width: picture.width, height: picture.height });
  $("scanners").replaceChildren();
  $("scan").onclick = () => scan(picture.file_id, phone);
  $("zoom").showModal();
}

// The other phone's camera looks at the picture: whoever scans opens the link that its code holds.
async function scan(fileId, phone) {
  const answer = await fetch(`/phone/code/${encodeURIComponent(fileId)}`);
  const { text } = answer.ok ? await answer.json() : { text: "" };
  if (!text) { $("scanners").replaceChildren(word("noCode")); return; }
  const others = phone.state.people.filter((one) => one.id !== phone.me.id);
  $("scanners").replaceChildren(make("p", {}, word("whoScans")), ...others.map((one) => button(one.name, () => {
    $("zoom").close();
    phone.other().become(one.id, (scanner) => scanner.openLink(text));
  })));
  $("scanners").querySelector("button").focus();
}

export function pickPeople(request, phone) {
  const most = request.max_quantity ?? 1;
  const box = (one) => make("label", { class: "check" }, make("input", { type: most > 1 ? "checkbox" : "radio", name: "picked", value: one.id }), ` ${one.name}`);
  $("pickList").replaceChildren(...phone.state.people.map(box));
  $("pick").returnValue = "";
  $("pick").onclose = () => {
    const users = [...$("pickList").querySelectorAll("input:checked")].map((one) => Number(one.value)).slice(0, most);
    if ($("pick").returnValue === "ok" && users.length) phone.act({ do: "users", request_id: request.request_id, users });
  };
  $("pick").showModal();
}

for (const closing of document.querySelectorAll("[data-closes]")) closing.addEventListener("click", () => $(closing.dataset.closes).close(""));
