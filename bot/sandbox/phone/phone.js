// A phone: it shows one person's chats with the bot, live, and does what that person does.
import { SmallMap } from "/phone/map.js";
import { entityNodes } from "/phone/richtext.js";
import { WORDS } from "/phone/words.js";

const $ = (id) => document.getElementById(id);
const store = (() => { try { return window.localStorage; } catch { return { getItem: () => null, setItem() {} }; } })();
const phone = { language: store.getItem("language") || "zh", person: store.getItem("person") || "", chat: null, state: null,
  socket: null, editing: null, moving: null, uploading: "" };
const word = (name) => WORDS[phone.language][name] || name;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-")) element.setAttribute(name, String(value));
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

const chatNow = () => phone.state.chats.find((chat) => chat.id === phone.chat) || phone.state.chats[0];
const act = (wish) => { if (phone.socket?.readyState === 1) phone.socket.send(JSON.stringify({ chat: phone.chat, ...wish })); };
const sendText = (text) => act({ do: "text", text });

function connect() {
  phone.socket?.close();
  const address = new URL(`/phone/live?person=${phone.person}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = phone.socket = new WebSocket(address);
  socket.onmessage = (message) => hear(JSON.parse(message.data));
  socket.onopen = () => { $("status").textContent = ""; };
  socket.onclose = () => {
    if (socket !== phone.socket) return;
    $("status").textContent = word("offline");
    setTimeout(() => { if (socket === phone.socket) connect(); }, 1000);
  };
}

function hear(event) {
  if (event.type === "state") return showState(event);
  if (event.type === "answer") return showAnswer(event);
  if (event.type === "trouble") return toast(event.text);
  if (event.type === "menu") { phone.state.commands = event.commands; return; }
  const chat = phone.state?.chats.find((one) => one.id === event.chat);
  if (!chat) return;
  if (event.type === "message") { chat.messages.push(event.message); chat.keyboard = event.keyboard; }
  if (event.type === "edited") chat.messages = chat.messages.map((one) => one.message_id === event.message.message_id ? event.message : one);
  if (event.type === "deleted") chat.messages = chat.messages.filter((one) => one.message_id !== event.message_id);
  if (chat === chatNow()) showChange(event, chat);
}

function showState(state) {
  phone.state = state;
  phone.person = String(state.me.id);
  store.setItem("person", phone.person);
  if (!state.chats.some((chat) => chat.id === phone.chat)) phone.chat = state.chats[0].id;
  const wanted = phone.language === "en" ? "en" : "zh-hans";
  if (state.me.language_code !== wanted) act({ do: "language", code: phone.language });
  showAll();
}

function showAll() {
  document.documentElement.lang = phone.language === "zh" ? "zh-Hans" : "en";
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === phone.language);
  $("text").placeholder = word("message");
  for (const [id, name] of [["send", "send"], ["attach", "attach"], ["commands", "menu"], ["text", "message"], ["log", "log"], ["map", "mapHint"]]) $(id).setAttribute("aria-label", word(name));
  if (!phone.state) return;
  $("people").replaceChildren(...phone.state.people.map((one) => make("button", { type: "button", "aria-current": one.id === phone.state.me.id,
    onclick: () => { phone.person = String(one.id); phone.chat = null; stopEditing(); connect(); } }, one.name, make("small", {}, word(one.role)))));
  $("chats").replaceChildren(...phone.state.chats.map((chat) => make("button", { type: "button", role: "tab", "aria-selected": chat === chatNow(),
    onclick: () => { phone.chat = chat.id; showAll(); } }, chat.type === "private" ? word("private") : chat.title)));
  $("block").textContent = word(phone.state.me.blocks ? "unblock" : "block");
  showLog(chatNow());
  showKeyboard(chatNow());
}

function showLog(chat) {
  const log = $("log");
  if (chat.messages.length) log.replaceChildren(...chat.messages.map(bubble));
  else log.replaceChildren(make("div", { class: "empty" }, phone.state.description || word("empty"),
    make("button", { type: "button", onclick: () => sendText("/start") }, word("start"))));
  log.scrollTop = log.scrollHeight;
}

function showChange(event, chat) {
  const log = $("log");
  log.querySelector(".empty")?.remove();
  const old = log.querySelector(`[data-id="${event.message?.message_id ?? event.message_id}"]`);
  if (event.type === "message") { log.append(bubble(event.message)); showKeyboard(chat); }
  if (event.type === "edited") old?.replaceWith(bubble(event.message));
  if (event.type === "deleted") { old?.remove(); if (!chat.messages.length) showLog(chat); }
  if (event.type === "message") log.scrollTop = log.scrollHeight;
}

function bubble(message) {
  const mine = message.from.id === phone.state.me.id;
  const time = new Date(message.date * 1000).toLocaleTimeString(phone.language === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });
  const link = (name, run) => make("button", { type: "button", onclick: run }, word(name));
  const tools = !mine ? [] : [
    message.text ? link("edit", () => startEditing(message)) : null,
    message.location?.live_period ? link("move", () => openPlace(message)) : null,
    link("remove", () => act({ do: "delete", message_id: message.message_id }))];
  return make("article", { class: mine ? "message mine" : "message", "data-id": message.message_id },
    make("div", { class: "bubble" },
      message.chat.type !== "private" && !mine ? make("div", { class: "sender" }, message.from.first_name) : null,
      ...content(message),
      make("div", { class: "meta" }, ...tools, make("span", {}, message.edit_date ? word("edited") : ""), make("span", {}, time))),
    inlineKeyboard(message));
}

function content(message) {
  const fileOf = (id) => `/phone/file/${encodeURIComponent(id)}`;
  const card = (sign, title, detail, link) => make(link ? "a" : "div", { class: "card", href: link, target: link && "_blank", rel: "noopener" },
    make("span", { class: "sign", "aria-hidden": true }, sign), make("span", {}, title, make("small", {}, detail)));
  const place = message.location && `${message.location.latitude.toFixed(5)}, ${message.location.longitude.toFixed(5)}`;
  const parts = [];
  if (message.photo) parts.push(make("img", { src: fileOf(message.photo.at(-1).file_id), width: message.photo.at(-1).width,
    height: message.photo.at(-1).height, alt: message.caption || word("photo") }));
  if (message.document) parts.push(card("📄", message.document.file_name || "", `${Math.ceil(message.document.file_size / 1024)} kB`, fileOf(message.document.file_id)));
  if (message.voice) parts.push(card("🎙", word("voice"), `${message.voice.duration} s`, fileOf(message.voice.file_id)));
  if (message.venue) parts.push(card("📌", message.venue.title, `${message.venue.address} · ${place}`));
  else if (message.location) parts.push(card(message.location.live_period ? "📡" : "📍", message.location.live_period ? word("liveOn") : word("location").slice(3), place));
  if (message.contact) parts.push(card("👤", message.contact.first_name, message.contact.phone_number));
  if (message.sticker) parts.push(make("span", { class: "sign" }, message.sticker.emoji || "🏷"));
  const text = message.text ?? message.caption;
  if (text) parts.push(make("div", {}, ...entityNodes(text, message.entities || message.caption_entities || [], { command: sendText, open: openLink })));
  return parts;
}

function inlineKeyboard(message) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return make("div", { class: "inline" }, ...rows.map((row) => make("div", {}, ...row.map((key) => {
    if (key.url) return make("a", { href: key.url, target: "_blank", rel: "noopener", onclick: (event) => openLink(key.url, event) }, key.text.includes("↗") ? key.text : `${key.text} ↗`);
    return make("button", { type: "button", onclick: (event) => {
      event.currentTarget.setAttribute("aria-busy", "true");
      const pressed = event.currentTarget;
      setTimeout(() => pressed.removeAttribute("aria-busy"), 3000);
      act({ do: "press", message_id: message.message_id, data: key.callback_data ?? "" });
    } }, key.text);
  }))));
}

function openLink(url, event) { // a deep link to this bot starts it here, as Telegram's apps do
  const found = new URL(url, location.href);
  if (found.hostname !== "t.me" || found.pathname !== `/${phone.state.bot.username}`) return;
  event.preventDefault();
  phone.chat = phone.state.me.id;
  showAll();
  const payload = found.searchParams.get("start");
  if (payload !== null) sendText(`/start ${payload}`);
}

function showKeyboard(chat) {
  const rows = chat.keyboard?.keyboard || [];
  $("keyboard").replaceChildren(...rows.map((row) => make("div", {}, ...row.map((key) => make("button", { type: "button", onclick: () => {
    if (key.request_location) openPlace(null);
    else if (key.request_contact) act({ do: "contact" });
    else sendText(key.text);
  } }, key.text)))));
}

function showAnswer(event) {
  document.querySelectorAll('[aria-busy="true"]').forEach((one) => one.removeAttribute("aria-busy"));
  if (!event.text) return;
  if (event.alert) { $("alertText").textContent = event.text; if (!$("alert").open) $("alert").showModal(); }
  else toast(event.text);
}

let toastTimer = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 4000);
}

function openMenu(opener, items) {
  const menu = $("menu"), open = menu.hidden || menu.dataset.of !== opener.id;
  menu.dataset.of = opener.id;
  menu.hidden = !open;
  for (const one of [$("commands"), $("attach")]) one.setAttribute("aria-expanded", open && one === opener);
  menu.replaceChildren(...items.map(([label, detail, run]) => make("button", { type: "button", onclick: () => { closeMenu(); run(); } },
    make("b", {}, label), detail ? make("span", {}, detail) : null)));
  if (open) menu.querySelector("button")?.focus();
}
function closeMenu() {
  $("menu").hidden = true;
  for (const one of [$("commands"), $("attach")]) one.setAttribute("aria-expanded", false);
}

function pickFile(kind) { phone.uploading = kind; $("file").accept = kind === "photo" ? "image/*" : ""; $("file").value = ""; $("file").click(); }
$("file").addEventListener("change", async () => {
  const file = $("file").files[0];
  if (!file) return;
  const query = new URLSearchParams({ person: phone.person, chat: phone.chat, kind: phone.uploading, name: file.name });
  const answer = await fetch(`/phone/upload?${query}`, { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
  if (!answer.ok) toast(word("tooLarge"));
});

function startEditing(message) { phone.editing = message.message_id; $("text").value = message.text; $("status").textContent = word("editing"); $("text").focus(); }
function stopEditing() { phone.editing = null; $("text").value = ""; $("status").textContent = ""; }

const map = new SmallMap($("map"), (pin) => fillPlace(pin));
function fillPlace(pin) { $("latitude").value = pin.latitude.toFixed(6); $("longitude").value = pin.longitude.toFixed(6); }
function openPlace(message) {
  phone.moving = message;
  const places = chatNow().messages.filter((one) => one.location);
  map.marks = places.filter((one) => one.venue).map((one) => ({ ...one.location, name: one.venue.title }));
  const start = message?.location || places.filter((one) => one.from.id === phone.state.me.id).at(-1)?.location || map.pin;
  map.set(start.latitude, start.longitude);
  fillPlace(map.pin);
  $("liveLabel").hidden = Boolean(message);
  $("live").checked = false;
  $("placeSend").textContent = word(message ? "movePlace" : "sendPlace");
  $("place").showModal();
}
for (const name of ["latitude", "longitude"]) $(name).addEventListener("input", () => {
  const [latitude, longitude] = [Number($("latitude").value), Number($("longitude").value)];
  if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) map.set(latitude, longitude);
});
$("zoomIn").addEventListener("click", () => map.zoom(0.5));
$("zoomOut").addEventListener("click", () => map.zoom(2));
$("placeCancel").addEventListener("click", () => $("place").close("cancel"));
$("place").addEventListener("close", () => {
  if ($("place").returnValue !== "send") return;
  $("place").returnValue = "";
  const [latitude, longitude] = [Number($("latitude").value), Number($("longitude").value)];
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return toast(word("badPlace"));
  if (phone.moving) act({ do: "move", message_id: phone.moving.message_id, latitude, longitude });
  else act({ do: "location", latitude, longitude, live: $("live").checked });
});

$("commands").addEventListener("click", () => openMenu($("commands"), phone.state.commands.map((one) => [`/${one.command}`, one.description, () => sendText(`/${one.command}`)])));
$("attach").addEventListener("click", () => {
  const other = phone.state.people.find((one) => one.id !== phone.state.me.id);
  openMenu($("attach"), [
    [word("location"), "", () => openPlace(null)], [word("photo"), "", () => pickFile("photo")],
    [word("document"), "", () => pickFile("document")], [word("voice"), "", () => pickFile("voice")],
    [word("contact"), "", () => act({ do: "contact" })], [word("othersContact"), "", () => act({ do: "contact", of: other.id })],
    [word("sticker"), "", () => act({ do: "sticker" })]]);
});
$("block").addEventListener("click", () => act({ do: "block", on: !phone.state.me.blocks }));
$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  if (phone.editing) act({ do: "edit", message_id: phone.editing, text }); else sendText(text);
  stopEditing();
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("composer").requestSubmit(); }
  if (event.key === "Escape" && phone.editing) stopEditing();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !$("menu").hidden) { const of = $("menu").dataset.of; closeMenu(); $(of).focus(); } });
for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => {
  phone.language = button.dataset.language;
  store.setItem("language", phone.language);
  act({ do: "language", code: phone.language });
  showAll();
});
showAll();
connect();
