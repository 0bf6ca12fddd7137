// What was said, and how far it is scrolled: it follows the end only while the end is on the screen.
import { bubble } from "/phone/bubble.js";
import { button, make } from "/phone/dom.js";
import { dayOf } from "/phone/time.js";
import { steps, word } from "/phone/words.js";

const CLOSE_TO_END = 60;

export class Log {
  constructor(phone) {
    this.phone = phone;
    this.box = phone.part("log");
    this.newer = phone.part("newer");
    this.isAtEnd = true;
    this.missed = 0;
    this.box.addEventListener("scroll", () => this.look());
    this.newer.addEventListener("click", () => this.scrollToEnd());
    new ResizeObserver(() => { if (this.isAtEnd && !this.isEmpty) this.scrollToEnd(); }).observe(this.box);
  }

  show(chat) {
    if (chat.messages.length) this.box.replaceChildren(...chat.messages.flatMap((message, at) => this.entry(message, chat.messages[at - 1], chat)));
    else this.box.replaceChildren(this.empty());
    if (chat.messages.length) this.scrollToEnd();
    else { this.isAtEnd = true; this.box.scrollTop = 0; this.newer.hidden = true; }
  }
  entry(message, before, chat) {
    const made = bubble(message, this.phone, chat), day = dayOf(message.date);
    return before && dayOf(before.date) === day ? [made] : [make("div", { class: "day" }, day), made];
  }
  empty() {
    return make("div", { class: "empty" }, make("p", {}, this.phone.state.description || word("empty")),
      button(word("start"), () => this.phone.sendText("/start")),
      make("h2", {}, word("tryFirst")), make("ol", {}, ...steps().map((step) => make("li", {}, step))));
  }
  get isEmpty() { return this.box.querySelector(".empty") !== null; }
  find(messageId) { return this.box.querySelector(`[data-id="${messageId}"]`); }

  add(message, chat) {
    this.box.querySelector(".empty")?.remove();
    this.box.append(...this.entry(message, chat.messages.at(-2), chat));
    if (this.isAtEnd || message.from.id === this.phone.me.id) return this.scrollToEnd();
    this.missed += 1;
    this.showNewer();
  }
  replace(message, chat) {
    this.find(message.message_id)?.replaceWith(bubble(message, this.phone, chat));
    if (this.isAtEnd) this.scrollToEnd();
  }
  remove(messageId, chat) {
    this.find(messageId)?.remove();
    if (!chat.messages.length) this.show(chat);
  }
  scrollTo(messageId) {
    const found = this.find(messageId);
    found?.scrollIntoView({ block: "center" });
    found?.querySelector("button, a")?.focus({ preventScroll: true });
  }
  scrollToEnd() {
    this.isAtEnd = true;
    this.box.scrollTop = this.box.scrollHeight;
    this.look();
  }
  look() {
    if (this.isEmpty) return;
    this.isAtEnd = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < CLOSE_TO_END;
    if (this.isAtEnd) { this.missed = 0; this.phone.hasRead(); }
    this.showNewer();
  }
  showNewer() {
    this.newer.hidden = this.isAtEnd;
    this.newer.textContent = this.missed ? `↓ ${this.missed} ${word("newBelow")}` : "↓";
    this.newer.setAttribute("aria-label", this.missed ? `↓ ${this.missed} ${word("newBelow")}` : `↓ ${word("toEnd")}`);
  }
}
