// One station's pin, which is moved by dragging; the field has where it stands, in the map's degrees once it was moved.
import { style } from "./ground.js";
import { library } from "./map.js";

export async function start(part) {
  const place = document.getElementById("place"), drawn = document.getElementById("drawn"), box = part.querySelector("#map");
  const root = document.documentElement.dataset.root ?? "", at = JSON.parse(part.dataset.at);
  place.addEventListener("input", () => { drawn.value = ""; });
  try {
    const maps = await library();
    const map = new maps.Map({ container: box, style: await style(part, maps, root), center: at, zoom: 15, attributionControl: false, locale: { "Map.Title": box.dataset.title }, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 19, fadeDuration: 0 });
    map.touchZoomRotate.disableRotation();
    map.addControl(new maps.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maps.ScaleControl(), "bottom-left");
    const element = document.createElement("div");
    element.className = "pin";
    const pin = new maps.Marker({ element, draggable: true, anchor: "bottom" }).setLngLat(at).addTo(map);
    const moved = () => {
      const { lng, lat } = pin.getLngLat().wrap();
      place.value = `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
      drawn.value = "1";
    };
    pin.on("dragend", moved);
    map.on("click", (event) => { pin.setLngLat(event.lngLat); moved(); });
  } catch { part.hidden = true; }
}
