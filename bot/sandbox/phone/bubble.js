// A message in the log: its bubble, the reactions on it, its buttons, and what can be done with it.
import { content } from "/phone/content.js";
import { button, make } from "/phone/dom.js";
import { hourOf } from "/phone/time.js";
import { word } from "/phone/words.js";

export const EMOJI = ["👍", "❤", "👌", "🙏", "🎉", "🔥", "😢", "👎"];

export function bubble(message, phone, chat) {
  const mine = message.from.id === phone.me.id;
  return make("article", { class: mine ? "message mine" : "message", "data-id": message.message_id },
    make("div", { class: message.has_protected_content ? "bubble protected" : "bubble" },
      message.chat.type !== "private" && !mine ? make("div", { class: "sender" }, message.from.first_name) : null,
      ...content(message, phone),
      make("div", { class: "meta" }, ...tools(message, phone, mine), ...signs(message, chat), make("span", {}, hourOf(message.date)))),
    reactions(message, phone, chat),
    inlineKeyboard(message, phone));
}

function signs(message, chat) {
  const sign = (text, name) => make("span", { role: "img", "aria-label": word(name), title: word(name) }, text);
  return [
    chat.pinned.includes(message.message_id) ? sign("📌", "pinned") : null,
    chat.silent.includes(message.message_id) ? sign("🔕", "silent") : null,
    message.has_protected_content ? sign("🔒", "protected") : null,
    message.edit_date ? make("span", {}, word("edited")) : null,
  ];
}

function tools(message, phone, mine) {
  if (message.pinned_message) return [];
  return [
    mine && message.text ? button(word("edit"), () => phone.startEditing(message)) : null,
    mine && message.location?.live_period ? button(word("move"), () => phone.openPlace(message)) : null,
    mine ? button(word("remove"), () => phone.act({ do: "delete", message_id: message.message_id })) : null,
    message.photo ? button("🔍", () => phone.zoom(message), { "aria-label": word("zoom") }) : null,
    button("⋯", (event) => phone.openTools(message, event.currentTarget), { "aria-label": word("more"), "aria-haspopup": true }),
  ];
}

function reactions(message, phone, chat) {
  const by = Object.entries(chat.reactions[message.message_id] || {});
  if (!by.length) return null;
  return make("div", { class: "reactions" }, ...by.map(([who, emoji]) => {
    const own = who === String(phone.me.id), names = phone.nameOf(Number(who));
    return button(`${emoji} ${names}`, () => phone.act({ do: "react", message_id: message.message_id, emoji: own ? "" : emoji }), { "aria-pressed": own });
  }));
}

// One line a button, cut where it is too long, as in Telegram's apps.
function inlineKeyboard(message, phone) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return make("div", { class: "inline" }, ...rows.map((row) => make("div", {}, ...row.map((key) => inlineKey(key, message, phone)))));
}

function inlineKey(key, message, phone) {
  if (key.url) {
    return make("a", { href: key.url, target: "_blank", rel: "noopener", title: key.text, onclick: (event) => phone.openLink(key.url, event) },
      key.text.includes("↗") ? key.text : `${key.text} ↗`);
  }
  if (key.web_app) return button(`${key.text} ⧉`, () => phone.openApp(key.web_app.url), { title: key.text });
  if (key.copy_text) return button(key.text.includes("📋") ? key.text : `${key.text} 📋`, () => phone.copy(key.copy_text.text), { title: key.text });
  const query = key.switch_inline_query_current_chat ?? key.switch_inline_query;
  if (query !== undefined) return button(`${key.text} 🔎`, () => phone.askInline(query), { title: key.text });
  return button(key.text, (event) => {
    const pressed = event.currentTarget;
    pressed.setAttribute("aria-busy", "true");
    setTimeout(() => pressed.removeAttribute("aria-busy"), 3000);
    phone.act({ do: "press", message_id: message.message_id, data: key.callback_data ?? "" });
  }, { title: key.text });
}
