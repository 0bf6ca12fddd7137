// What a message shows: text, pictures, places, and what it answers or passes on.
import { button, make } from "/phone/dom.js";
import { entityNodes } from "/phone/richtext.js";
import { word } from "/phone/words.js";

export const fileOf = (id) => `/phone/file/${encodeURIComponent(id)}`;
const SIGNS = { photo: "🖼", document: "📄", voice: "🎙", venue: "📌", location: "📍", contact: "👤", sticker: "👍" };

export function preview(message) {
  const sign = Object.keys(SIGNS).find((kind) => kind in message);
  return `${sign ? SIGNS[sign] : ""} ${message.text ?? message.caption ?? ""}`.trim().slice(0, 80);
}

function card(sign, title, detail, link) {
  return make(link ? "a" : "div", { class: "card", href: link, target: link && "_blank", rel: link && "noopener" },
    make("span", { class: "sign", "aria-hidden": true }, sign), make("span", {}, title, make("small", {}, detail)));
}

export function content(message, phone) {
  const parts = [];
  if (message.forward_origin) parts.push(make("div", { class: "origin" }, `${word("forwarded")} ${message.forward_origin.sender_user?.first_name ?? ""}`));
  if (message.via_bot) parts.push(make("div", { class: "origin" }, `${word("via")} @${message.via_bot.username}`));
  if (message.reply_to_message) parts.push(answered(message, phone));
  if (message.pinned_message) parts.push(`📌 ${word("pinnedNotice")}`);
  if (message.users_shared) parts.push(card("👥", word("usersShared"), message.users_shared.users.map((one) => phone.nameOf(one.user_id)).join(", ")));
  parts.push(...media(message, phone), ...places(message));
  const text = message.text ?? message.caption;
  if (text) parts.push(make("div", { class: "words" }, ...entityNodes(text, message.entities || message.caption_entities || [],
    { command: (words) => phone.sendText(words), open: (url, event) => phone.openLink(url, event) })));
  return parts;
}

function answered(message, phone) {
  const first = message.reply_to_message;
  return button(make("b", {}, first.from?.first_name ?? ""), () => phone.showMessage(first.message_id), { class: "answered" })
    .appendChild(make("span", {}, message.quote?.text ?? preview(first))).parentElement;
}

function media(message, phone) {
  const parts = [];
  if (message.photo) {
    const picture = message.photo.at(-1), alt = message.caption || word("photo");
    parts.push(make("img", { src: fileOf(picture.file_id), width: picture.width, height: picture.height, alt, onclick: () => phone.zoom(message) }));
  }
  if (message.document) parts.push(card("📄", message.document.file_name || "", `${Math.ceil(message.document.file_size / 1024)} kB`, fileOf(message.document.file_id)));
  if (message.voice) parts.push(card("🎙", word("voice"), `${message.voice.duration} s`, fileOf(message.voice.file_id)));
  if (message.sticker) parts.push(make("span", { class: "sign" }, message.sticker.emoji || "🏷"));
  return parts;
}

function places(message) {
  const place = message.location && `${message.location.latitude.toFixed(5)}, ${message.location.longitude.toFixed(5)}`;
  const parts = [];
  if (message.venue) parts.push(card("📌", message.venue.title, `${message.venue.address} · ${place}`));
  else if (message.location) parts.push(card(message.location.live_period ? "📡" : "📍", message.location.live_period ? word("liveOn") : word("location").slice(3), place));
  if (message.contact) parts.push(card("👤", message.contact.first_name, message.contact.phone_number));
  return parts;
}
