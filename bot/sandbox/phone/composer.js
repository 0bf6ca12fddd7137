// The lower end of a phone: the text field, the keyboard that the bot shows, commands, attachments, inline mode.
import { pickPeople } from "/phone/dialogs.js";
import { preview } from "/phone/content.js";
import { $, button, make } from "/phone/dom.js";
import { word } from "/phone/words.js";

const PAUSE = 250; // ms after the last key before inline mode asks

const upload = { phone: null, kind: "" };
$("file").addEventListener("change", async () => {
  const file = $("file").files[0], { phone, kind } = upload;
  if (!file) return;
  const query = new URLSearchParams({ person: phone.person, chat: phone.chatId, kind, name: file.name });
  const answer = await fetch(`/phone/upload?${query}`, { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
  if (!answer.ok) phone.toast(word("tooLarge"));
});

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.text = phone.part("text");
    this.editing = null;
    this.answering = null;
    for (const name of ["commands", "attach"]) phone.part(name).setAttribute("aria-controls", phone.part("menu").id);
    phone.part("commands").addEventListener("click", () => phone.menu.toggle(phone.part("commands"),
      phone.state.commands.map((one) => [`/${one.command}`, one.description, () => phone.sendText(`/${one.command}`)])));
    phone.part("attach").addEventListener("click", () => phone.menu.toggle(phone.part("attach"), this.attachments()));
    phone.part("composer").addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("input", () => { this.grow(); this.typeInline(); });
  }

  submit() {
    const text = this.text.value.trim();
    if (!text) return;
    if (this.editing) this.phone.act({ do: "edit", message_id: this.editing, text });
    else this.phone.sendText(text);
    this.reset();
  }
  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
    if (event.key === "ArrowDown" && this.phone.menu.isOpen) { event.preventDefault(); this.phone.part("menu").querySelector("button")?.focus(); }
    if (event.key === "Escape") { this.phone.menu.close(); this.reset(); }
  }
  reset() {
    this.editing = null;
    this.takeAnswer();
    this.fill("");
    this.phone.part("status").textContent = "";
  }
  fill(text) { this.text.value = text; this.grow(); }
  grow() { this.text.style.height = "auto"; this.text.style.height = `${this.text.scrollHeight + 2}px`; }
  edit(message) {
    this.editing = message.message_id;
    this.fill(message.text);
    this.phone.part("status").textContent = word("editing");
    this.text.focus();
  }

  // A message that is answered shows above the text field until the answer is sent.
  answer(message, quote) {
    this.answering = { reply_to: message.message_id, ...(quote ? { quote } : {}) };
    this.phone.part("answering").hidden = false;
    this.phone.part("answering").replaceChildren(make("span", {}, `↩ ${quote || preview(message)}`),
      button("✕", () => this.takeAnswer(), { "aria-label": word("cancel") }));
    this.text.focus();
  }
  takeAnswer() {
    const answer = this.answering ?? {};
    this.answering = null;
    this.phone.part("answering").hidden = true;
    return answer;
  }

  showWords() {
    for (const [name, label] of [["send", "send"], ["attach", "attach"], ["commands", "menu"], ["text", "message"]]) this.phone.part(name).setAttribute("aria-label", word(label));
    this.text.placeholder = this.phone.state?.chats && this.phone.chat.keyboard?.input_field_placeholder || word("message");
  }
  showKeyboard(chat, message = null) {
    const rows = chat.keyboard?.keyboard || [], shown = JSON.stringify(rows);
    if (shown !== this.shownKeys) this.phone.part("keyboard").replaceChildren(...rows.map((row) => make("div", {}, ...row.map((key) => button(key.text, () => this.pressKey(key), { title: key.text })))));
    this.shownKeys = shown;
    this.showWords();
    if (message && chat.keyboard?.force_reply) this.answer(message, "");
  }
  pressKey(key) {
    if (key.request_location) this.phone.openPlace(null);
    else if (key.request_contact) this.phone.act({ do: "contact" });
    else if (key.request_users) pickPeople(key.request_users, this.phone);
    else this.phone.sendText(key.text);
  }
  attachments() {
    const phone = this.phone, other = phone.state.people.find((one) => one.id !== phone.me.id);
    return [
      [word("location"), "", () => phone.openPlace(null)], [word("photo"), "", () => this.pickFile("photo")],
      [word("document"), "", () => this.pickFile("document")], [word("voice"), "", () => this.pickFile("voice")],
      [word("contact"), "", () => phone.act({ do: "contact" })], [word("othersContact"), "", () => phone.act({ do: "contact", of: other.id })],
      [word("sticker"), "", () => phone.act({ do: "sticker" })], [word("inline"), `@${phone.state.bot.username}`, () => this.askInline("")]];
  }
  pickFile(kind) { Object.assign(upload, { phone: this.phone, kind }); $("file").accept = kind === "photo" ? "image/*" : ""; $("file").value = ""; $("file").click(); }

  // Inline mode: the bot's name and a space at the start of the text.
  askInline(query) {
    this.fill(`@${this.phone.state.bot.username} ${query}`);
    this.text.focus();
    this.typeInline();
  }
  typeInline() {
    clearTimeout(this.typing);
    const prefix = `@${this.phone.state?.bot.username} `;
    if (!this.phone.state || !this.text.value.startsWith(prefix)) return;
    this.typing = setTimeout(() => this.phone.act({ do: "inline", text: this.text.value.slice(prefix.length) }), PAUSE);
  }
  showResults(event) {
    const none = [[word("noResults"), "", () => {}]];
    const results = event.results.map((one) => [one.title, one.description ?? "", () => { this.phone.act({ do: "choose", query: event.query, result: one.id }); this.reset(); }]);
    this.phone.menu.show(this.text, results.length ? results : none);
  }
}
