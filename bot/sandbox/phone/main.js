// The page: one phone, or two side by side where there is room; the clock, the languages, what to try first.
import "/phone/place.js";
import { $, make } from "/phone/dom.js";
import { Phone } from "/phone/phone.js";
import { dayOf, hourOf, isAhead, localOf, momentOf, now, zone } from "/phone/time.js";
import { language, speak, steps, word } from "/phone/words.js";

const phones = [];
const wide = window.matchMedia("(min-width: 1100px)");
const page = { phones, timeChanged: showTime, canStartAfresh: (can) => { $("afresh").hidden = !can; } };

function layOut() {
  const wanted = wide.matches ? 2 : 1;
  while (phones.length < wanted) phones.push(new Phone(page, phones.length));
  while (phones.length > wanted) phones.pop().close();
  $("phones").replaceChildren(...phones.map((phone) => phone.root));
  for (const phone of phones) phone.scrollToEnd();
}

function showWords() {
  document.documentElement.lang = language() === "zh" ? "zh-Hans" : "en";
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  for (const one of document.querySelectorAll("[data-language]")) one.setAttribute("aria-pressed", one.dataset.language === language());
  $("stepList").replaceChildren(...steps().map((step) => make("li", {}, step)));
  showTime();
  for (const phone of phones) phone.showAll();
}

function showTime() {
  const shown = isAhead() ? momentOf(now()) : hourOf(now());
  $("openClock").textContent = `🕑 ${shown}`;
  $("openClock").setAttribute("aria-label", `🕑 ${shown} · ${word("clock")}`);
  $("clockNow").textContent = `${dayOf(now())} ${hourOf(now())} (${zone()})`;
}

for (const one of document.querySelectorAll("[data-language]")) one.addEventListener("click", () => {
  speak(one.dataset.language);
  for (const phone of phones) phone.act({ do: "language", code: language() });
  showWords();
});
$("openClock").addEventListener("click", () => { $("clockTo").value = $("clockTo").min = localOf(now()); showTime(); $("clock").showModal(); });
for (const one of document.querySelectorAll("[data-minutes]")) one.addEventListener("click", () => phones[0].act({ do: "clock", minutes: Number(one.dataset.minutes) }));
$("clockForm").addEventListener("submit", (event) => { event.preventDefault(); phones[0].act({ do: "clock", to: $("clockTo").value }); });
$("openSteps").addEventListener("click", () => $("steps").showModal());
$("afresh").addEventListener("click", () => { $("steps").close(); $("sure").returnValue = ""; $("sure").showModal(); });
$("sure").addEventListener("close", () => { if ($("sure").returnValue === "yes") phones[0].act({ do: "afresh" }); });
wide.addEventListener("change", layOut);
setInterval(showTime, 5000);
layOut();
showWords();
for (const phone of phones) phone.connect();
if (window.matchMedia("(pointer: fine)").matches) phones[0].part("text").focus();
