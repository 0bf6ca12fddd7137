// The menu above the text field: commands, attachments, what can be done with a message, results of inline mode.
import { make, moveByArrows } from "/phone/dom.js";

export class Menu {
  constructor(box) {
    this.box = box;
    this.opener = null;
    moveByArrows(box, "button");
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      const opener = this.opener;
      this.close();
      opener?.focus();
    });
  }
  get isOpen() { return !this.box.hidden; }

  // Items are [label, detail, what to do]; a row of small ones is a list of such items. `opener` closes what it opened.
  toggle(opener, items) {
    if (this.isOpen && this.opener === opener) this.close();
    else { this.show(opener, items); this.box.querySelector("button")?.focus(); }
  }
  show(opener, items) {
    this.close();
    this.opener = opener;
    this.box.hidden = false;
    if (opener.matches("button")) opener.setAttribute("aria-expanded", "true");
    this.box.replaceChildren(...items.map((item) => (Array.isArray(item[0]) ? make("div", { class: "small" }, ...item.map((one) => this.entry(one))) : this.entry(item))));
  }
  entry([label, detail, run]) {
    return make("button", { type: "button", onclick: () => { this.close(); run(); } }, make("b", {}, label), detail ? make("span", {}, detail) : null);
  }
  close() {
    this.box.hidden = true;
    if (this.opener?.hasAttribute("aria-expanded")) this.opener.setAttribute("aria-expanded", "false");
    this.opener = null;
  }
}
