// A phone: it shows one person's chats with the bot, live, and does what that person does.
import { EMOJI } from "/phone/bubble.js";
import { Composer } from "/phone/composer.js";
import { preview } from "/phone/content.js";
import { alertWith, zoomInto } from "/phone/dialogs.js";
import { $, button, make, moveByArrows, store } from "/phone/dom.js";
import { openApp } from "/phone/frame.js";
import { Log } from "/phone/log.js";
import { Menu } from "/phone/menu.js";
import { pickPlace } from "/phone/place.js";
import { setTime } from "/phone/time.js";
import { language, word } from "/phone/words.js";

const SHOWN_FOR = { toast: 4000, action: 5000 };
const FIRST_ON_SECOND = "7000003"; // the coordinator, beside the rider

export class Phone {
  constructor(page, place) {
    this.page = page;
    this.slot = place ? `person-${place + 1}` : "person";
    this.person = store.getItem(this.slot) || (place ? FIRST_ON_SECOND : "");
    this.suffix = place ? `-${place + 1}` : "";
    this.root = document.importNode($("phone").content, true).firstElementChild;
    for (const part of this.root.querySelectorAll("[data-part]")) part.id = `${part.dataset.part}${this.suffix}`;
    this.state = null;
    this.chatId = null;
    this.unsent = []; // what was done before the connection was there, or while it was lost
    this.timers = {};
    this.menu = new Menu(this.part("menu"));
    this.log = new Log(this);
    this.composer = new Composer(this);
    this.part("block").addEventListener("click", () => this.act({ do: "block", on: !this.me.blocks }));
    this.part("pinned").addEventListener("click", () => this.showMessage(this.chat.pinned.at(-1)));
    moveByArrows(this.part("chats"), "button", (tab) => tab.click());
    moveByArrows(this.part("people"), "button");
    document.addEventListener("visibilitychange", () => this.hasRead());
  }
  part(name) { return this.root.querySelector(`[data-part="${name}"]`); }
  get me() { return this.state.me; }
  get chat() { return this.state.chats.find((chat) => chat.id === this.chatId) || this.state.chats[0]; }
  nameOf(id) { return id === this.state.bot.id ? this.state.bot.first_name : (this.state.people.find((one) => one.id === id)?.name ?? ""); }
  other() { return this.page.phones.find((phone) => phone !== this) ?? this; }

  // The connection

  connect() {
    this.socket?.close();
    const address = new URL(`/phone/live?person=${this.person}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = this.socket = new WebSocket(address);
    socket.onmessage = (message) => this.hear(JSON.parse(message.data));
    socket.onopen = () => { this.part("status").textContent = ""; };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      this.part("status").textContent = word("offline");
      setTimeout(() => { if (socket === this.socket) this.connect(); }, 1000);
    };
  }
  close() { const socket = this.socket; this.socket = null; socket?.close(); }
  become(personId, then = null) {
    this.then = then;
    if (this.state && this.me.id === personId) { this.chatId = personId; this.showAll(); return this.arrive(); }
    Object.assign(this, { person: String(personId), chatId: null, unsent: [] });
    this.part("toast").hidden = true;
    this.composer.reset();
    this.connect();
  }
  arrive() { const then = this.then; this.then = null; then?.(this); }
  act(wish) {
    if (this.chatId === null || this.socket?.readyState !== 1) this.unsent.push(wish);
    else this.socket.send(JSON.stringify({ chat: this.chatId, ...wish }));
  }
  sendText(text) { this.act({ do: "text", text, ...this.composer.takeAnswer() }); }

  // What is heard

  hear(event) {
    if (event.type === "state") return this.begin(event);
    if (event.type === "answer") return this.showAnswer(event);
    if (event.type === "trouble") return this.toast(event.text);
    if (event.type === "inline") return this.composer.showResults(event);
    if (event.type === "menu") { this.state.commands = event.commands; return; }
    if (event.type === "button") { this.state.button = event.button; return this.showButton(); }
    if (event.type === "description" && this.state) { this.state.description = event.text; if (this.log.isEmpty) this.log.show(this.chat); return; }
    if (event.type === "time") { setTime(event); return this.page.timeChanged(); }
    if (event.type === "marks") { this.state.marks = event.marks; this.showPeople(); return this.showChats(); }
    const chat = this.state?.chats.find((one) => one.id === event.chat);
    if (chat) this.change(event, chat);
  }
  change(event, chat) {
    const id = event.message?.message_id ?? event.message_id, isShown = chat === this.chat;
    if (event.type === "message") { chat.messages.push(event.message); chat.keyboard = event.keyboard; if (event.silent) chat.silent.push(id); }
    if (event.type === "edited") chat.messages = chat.messages.map((one) => (one.message_id === id ? event.message : one));
    if (event.type === "deleted") { chat.messages = chat.messages.filter((one) => one.message_id !== id); chat.pinned = chat.pinned.filter((one) => one !== id); }
    if (event.type === "reaction") chat.reactions[id] = event.reactions;
    if (event.type === "pins") chat.pinned = event.pinned;
    if (!isShown) return;
    if (event.type === "message") { this.composer.showKeyboard(chat, event.message); this.log.add(event.message, chat); if (event.message.from.is_bot) this.doing(""); }
    if (event.type === "deleted") this.log.remove(id, chat);
    if (event.type === "action") this.doing(event.action);
    const changed = chat.messages.find((one) => one.message_id === id);
    if (changed && ["edited", "reaction"].includes(event.type)) this.log.replace(changed, chat);
    if (["pins", "deleted"].includes(event.type)) this.showPins(chat);
    if (event.type === "pins") this.log.show(chat);
  }
  begin(state) {
    this.state = state;
    this.person = String(state.me.id);
    store.setItem(this.slot, this.person);
    if (!state.chats.some((chat) => chat.id === this.chatId)) this.chatId = state.chats[0].id;
    if (state.me.language_code !== (language() === "en" ? "en" : "zh-hans")) this.act({ do: "language", code: language() });
    setTime(state.time);
    this.page.timeChanged();
    this.page.canStartAfresh(state.can_start_afresh);
    this.showAll();
    this.arrive();
    for (const wish of this.unsent.splice(0)) this.act(wish);
  }

  // What is shown

  showAll() {
    this.composer.showWords();
    this.part("log").setAttribute("aria-label", word("log"));
    if (!this.state) return;
    const owner = this.nameOf(this.me.id);
    this.root.setAttribute("aria-label", owner);
    this.part("people").setAttribute("aria-label", `${word("people")} (${owner})`);
    this.showPeople();
    this.showChats();
    this.part("block").textContent = word(this.me.blocks ? "unblock" : "block");
    this.showPins(this.chat);
    this.showButton();
    this.composer.showKeyboard(this.chat);
    this.log.show(this.chat);
  }
  scrollToEnd() { if (this.state && !this.log.isEmpty) this.log.scrollToEnd(); }
  showPeople() {
    const marks = this.state.marks;
    renew(this.part("people"), this.state.people.map((one) => {
      const { unread = 0, preview: words = "" } = one.id === this.me.id ? {} : (marks[one.id] ?? {});
      return make("button", { type: "button", "data-key": one.id, "aria-current": one.id === this.me.id, onclick: () => this.become(one.id), title: words },
        make("span", { class: "who" }, one.name, badge(unread)), make("small", {}, unread ? `${word(one.role)} · ${words}` : word(one.role)));
    }));
  }
  showChats() {
    const counts = this.state.marks[this.me.id]?.chats ?? {};
    renew(this.part("chats"), this.state.chats.map((chat) => {
      const isShown = chat === this.chat;
      return make("button", { type: "button", role: "tab", "data-key": chat.id, "aria-selected": isShown, "aria-controls": this.part("log").id, tabindex: isShown ? 0 : -1,
        onclick: () => { this.chatId = chat.id; this.showAll(); } }, chat.type === "private" ? word("private") : chat.title, badge(isShown ? 0 : counts[chat.id]));
    }));
  }
  showPins(chat) {
    const message = chat.messages.find((one) => one.message_id === chat.pinned.at(-1));
    this.part("pinned").hidden = !message;
    this.part("pinned").textContent = message ? `📌 ${preview(message)}` : "";
  }
  showButton() {
    const app = this.part("app"), { type, text, web_app: page } = this.chat.type === "private" ? this.state.button : {};
    app.hidden = type !== "web_app";
    app.textContent = text ?? "";
    app.onclick = () => this.openApp(page.url);
  }
  openApp(url) { openApp(url, this); }
  showMessage(messageId) { this.log.scrollTo(messageId); }
  hasRead() {
    const newest = this.state && this.chat.messages.at(-1)?.message_id;
    if (newest && this.log.isAtEnd && document.visibilityState === "visible" && this.read !== `${this.me.id}/${newest}`) {
      this.read = `${this.me.id}/${newest}`;
      this.act({ do: "read", chat: this.chat.id, message_id: newest });
    }
  }
  doing(action) {
    clearTimeout(this.timers.action);
    this.part("status").textContent = action ? word(["typing", "upload_photo", "upload_document"].includes(action) ? action : "busy") : "";
    if (action) this.timers.action = setTimeout(() => this.doing(""), SHOWN_FOR.action);
  }
  showAnswer(event) {
    this.root.querySelectorAll('[aria-busy="true"]').forEach((one) => one.removeAttribute("aria-busy"));
    if (event.url) this.openLink(event.url);
    if (event.text) (event.alert ? alertWith : (text) => this.toast(text))(event.text);
  }
  toast(text) {
    this.part("toast").textContent = text;
    this.part("toast").hidden = false;
    clearTimeout(this.timers.toast);
    this.timers.toast = setTimeout(() => { this.part("toast").hidden = true; }, SHOWN_FOR.toast);
  }

  // What is done with a message

  openTools(message, opener) {
    const id = message.message_id, mine = this.chat.reactions[id]?.[this.me.id];
    const react = EMOJI.map((emoji) => [emoji, "", () => this.act({ do: "react", message_id: id, emoji: emoji === mine ? "" : emoji })]);
    const quoted = String(window.getSelection() ?? "").trim();
    const isQuoted = quoted && (message.text ?? message.caption ?? "").includes(quoted);
    const pass = message.has_protected_content ? [] : [
      ...this.state.chats.map((chat) => [`${word("forward")} ${chat.type === "private" ? word("private") : chat.title}`, "", () => this.act({ do: "forward", message_id: id, to: chat.id })]),
      ...(message.text ? [[word("copy"), "", () => this.copy(message.text)]] : [])];
    this.menu.toggle(opener, [react, [word("reply"), isQuoted ? `“${quoted}”` : "", () => this.composer.answer(message, isQuoted ? quoted : "")], ...pass]);
  }
  startEditing(message) { this.composer.edit(message); }
  openPlace(message) { pickPlace(this, message); }
  zoom(message) { zoomInto(message, this); }
  askInline(query) { this.composer.askInline(query); }
  async copy(text) {
    try { await navigator.clipboard.writeText(text); } catch { /* the toast shows it all the same */ }
    this.toast(`${word("copied")}${text}`);
  }
  openLink(url, event) { // a deep link to this bot starts it here, as Telegram's apps do
    const found = new URL(url, location.href);
    if (found.hostname !== "t.me" || found.pathname !== `/${this.state.bot.username}`) {
      if (!event) window.open(found, "_blank", "noopener");
      return;
    }
    event?.preventDefault();
    this.chatId = this.me.id;
    this.showAll();
    const payload = found.searchParams.get("start");
    if (payload !== null) this.sendText(`/start ${payload}`);
  }
}

function badge(count) { return count ? make("span", { class: "badge" }, String(count), make("span", { class: "hidden" }, ` ${word("unread")}`)) : null; }

// Buttons that are there already stay the same elements: a press that has begun is not lost, nor is the focus.
function renew(box, children) {
  const old = [...box.children];
  const isSame = old.length === children.length && old.every((one, at) => one.dataset.key === children[at].dataset.key);
  if (!isSame) { box.replaceChildren(...children); return; }
  children.forEach((child, at) => {
    for (const { name, value } of child.attributes) old[at].setAttribute(name, value);
    if (old[at].innerHTML !== child.innerHTML) old[at].replaceChildren(...child.childNodes);
  });
}
