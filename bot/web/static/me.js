// My page: the card as a picture, the calendar's address.
import { ask, put } from "./door.js";

export function start(part) {
  const addresses = [];
  part.querySelector("#showCard")?.addEventListener("click", async () => {
    const response = await ask("/app/me/card");
    if (!response.ok) return;
    const picture = part.querySelector("#card");
    addresses.push(picture.src = URL.createObjectURL(await response.blob()));
    picture.hidden = false;
  });
  part.addEventListener("submit", async (event) => {
    event.preventDefault();
    const box = part.closest("#main"), response = await ask(event.target.dataset.post, {});
    await put(box, response);
    const again = box.querySelector("[data-module]");
    if (again) { start(again); again.querySelector("input")?.select(); }
  });
  return { stop: () => addresses.forEach((address) => URL.revokeObjectURL(address)) };
}
