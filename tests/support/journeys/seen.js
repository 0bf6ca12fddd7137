// What a person sees in the chat without unfolding anything: the words of the bot's messages, by the messages' ids.
() => {
  const words = (element, limit) => {
    let text = "";
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) text += limit ? above(node, limit) : node.data;
      else if (node.classList?.contains("unfold")) continue;
      else if (node.classList?.contains("folded")) text += words(node, node.getBoundingClientRect().bottom);
      else text += words(node, limit);
    }
    return text;
  };
  // A line that is cut through counts as seen.
  const above = (node, limit) => {
    const range = document.createRange();
    let seen = "";
    let at = 0;
    for (const sign of node.data) {
      range.setStart(node, at);
      at += sign.length;
      range.setEnd(node, at);
      if (range.getBoundingClientRect().top > limit - 2) break;
      seen += sign;
    }
    return seen;
  };
  const found = {};
  for (const message of document.querySelectorAll("#log article:not(.mine)")) {
    found[message.dataset.id] = [...message.querySelectorAll(".words")].map((one) => words(one, 0)).join("");
  }
  return found;
}
