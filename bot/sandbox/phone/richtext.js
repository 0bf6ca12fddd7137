// Text with its entities as DOM nodes. Offsets count UTF-16 units, as JavaScript's strings do.
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
  const made = document.createElement(TAGS[entity.type] || (["text_link", "url", "bot_command"].includes(entity.type) ? "a" : "span"));
  made.append(...children);
  if (entity.type === "spoiler") { made.className = "spoiler"; made.tabIndex = 0; }
  if (entity.type === "bot_command") { made.href = "#"; made.addEventListener("click", (event) => { event.preventDefault(); act.command(text); }); }
  if (entity.type === "text_link" || entity.type === "url") {
    const url = entity.url || (/^[a-z]+:/i.test(text) ? text : `https://${text}`);
    if (/^(https?|tg):/i.test(url)) { made.href = url; made.target = "_blank"; made.rel = "noopener"; made.addEventListener("click", (event) => act.open(url, event)); }
  }
  return made;
}
