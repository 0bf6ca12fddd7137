// One station's pin, which is moved by dragging; the field has where it stands, in the map's degrees once it was moved.
import { mapIn } from "./ground.js";

export async function start(part) {
  const place = document.getElementById("place"), drawn = document.getElementById("drawn"), box = part.querySelector("#map");
  const at = JSON.parse(part.dataset.at);
  place.addEventListener("input", () => { drawn.value = ""; });
  try {
    const { library, map } = await mapIn(box, part, { center: at, zoom: 15 });
    const element = document.createElement("div");
    element.className = "pin";
    const pin = new library.Marker({ element, draggable: true, anchor: "bottom" }).setLngLat(at).addTo(map);
    const moved = () => {
      const { lng, lat } = pin.getLngLat().wrap();
      place.value = `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
      drawn.value = "1";
    };
    pin.on("dragend", moved);
    map.on("click", (event) => { pin.setLngLat(event.lngLat); moved(); });
  } catch { part.hidden = true; }
}
