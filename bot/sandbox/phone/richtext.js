// Text with its entities as DOM nodes. Offsets count UTF-16 units, as JavaScript's strings do.
import { button, make } from "/phone/dom.js";
import { word } from "/phone/words.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };

export function entityNodes(text, entities, act, from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  const within = entities.filter((one) => one.offset >= from && one.offset + one.length <= to).sort((a, b) => a.offset - b.offset || b.length - a.length);
  while (within.length) {
    const entity = within.shift();
    if (entity.offset < at) continue;
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    at = entity.offset + entity.length;
    const inner = within.filter((one) => one.offset + one.length <= at);
    nodes.push(wrap(entity, entityNodes(text, inner, act, entity.offset, at), text.slice(entity.offset, at), act));
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function wrap(entity, children, text, act) {
  if (entity.type === "expandable_blockquote") return folded(children);
  const made = make(TAGS[entity.type] || (["text_link", "url", "bot_command"].includes(entity.type) ? "a" : "span"), {}, ...children);
  if (entity.type === "spoiler") {
    made.className = "spoiler";
    made.tabIndex = 0;
    made.addEventListener("click", () => made.classList.add("seen"));
  }
  if (entity.type === "bot_command") { made.href = "#"; made.addEventListener("click", (event) => { event.preventDefault(); act.command(text); }); }
  if (entity.type === "text_link" || entity.type === "url") {
    const url = entity.url || (/^[a-z]+:/i.test(text) ? text : `https://${text}`);
    if (/^(https?|tg):/i.test(url)) { made.href = url; made.target = "_blank"; made.rel = "noopener"; made.addEventListener("click", (event) => act.open(url, event)); }
  }
  return made;
}

// Three lines show until somebody opens it.
function folded(children) {
  const quote = make("blockquote", { class: "folded" }, ...children);
  const toggle = button(word("expand"), () => {
    const isFolded = quote.classList.toggle("folded");
    toggle.textContent = word(isFolded ? "expand" : "fold");
    toggle.setAttribute("aria-expanded", String(!isFolded));
  }, { class: "unfold", "aria-expanded": false });
  return make("div", { class: "foldable" }, quote, toggle);
}
