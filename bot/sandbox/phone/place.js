// The dialog in which a place is picked, for whichever phone asks.
import { $ } from "/phone/dom.js";
import { SmallMap } from "/phone/map.js";
import { word } from "/phone/words.js";

const asking = { phone: null, moving: null };
const map = new SmallMap($("map"), (pin) => fill(pin));

function fill(pin) { $("latitude").value = pin.latitude.toFixed(6); $("longitude").value = pin.longitude.toFixed(6); }
const typed = () => [Number($("latitude").value), Number($("longitude").value)];

// `message` is a live location to move; without it, a new one is sent.
export function pickPlace(phone, message) {
  Object.assign(asking, { phone, moving: message });
  const places = phone.chat.messages.filter((one) => one.location);
  map.marks = places.filter((one) => one.venue).map((one) => ({ ...one.location, name: one.venue.title }));
  const start = message?.location || places.filter((one) => one.from.id === phone.me.id).at(-1)?.location || map.pin;
  map.set(start.latitude, start.longitude);
  fill(map.pin);
  $("liveLabel").hidden = Boolean(message);
  $("live").checked = false;
  $("placeSend").textContent = word(message ? "movePlace" : "sendPlace");
  $("place").returnValue = "";
  $("place").showModal();
}

for (const name of ["latitude", "longitude"]) $(name).addEventListener("input", () => {
  const [latitude, longitude] = typed();
  if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) map.set(latitude, longitude);
});
$("zoomIn").addEventListener("click", () => map.zoom(0.5));
$("zoomOut").addEventListener("click", () => map.zoom(2));
$("placeCancel").addEventListener("click", () => $("place").close("cancel"));
$("place").addEventListener("close", () => {
  if ($("place").returnValue !== "send") return;
  const [latitude, longitude] = typed(), { phone, moving } = asking;
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) phone.toast(word("badPlace"));
  else if (moving) phone.act({ do: "move", message_id: moving.message_id, latitude, longitude });
  else phone.act({ do: "location", latitude, longitude, live: $("live").checked });
});
