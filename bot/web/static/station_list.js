// Pins of many new stations: each press on the map writes a line with its place into the list.
import { mapIn } from "./ground.js";

const PLACE = /([+-]?\d{1,3}\.\d+)[\s,;|，；、]+([+-]?\d{1,3}\.\d+)/;

export async function start(part) {
  const list = document.getElementById("list"), crs = document.getElementById("crs"), said = part.querySelector("#said");
  try {
    const { library, map } = await mapIn(part.querySelector("#map"), part, { center: JSON.parse(part.dataset.middle), zoom: 12 });
    let pins = [];
    const show = () => {
      for (const pin of pins) pin.remove();
      const isOfMap = crs.value === part.dataset.crs;
      pins = (isOfMap ? list.value.split("\n") : []).flatMap((line) => {
        const found = PLACE.exec(line), [lat, lng] = found ? [Number(found[1]), Number(found[2])] : [NaN, NaN];
        if (!(Math.abs(lat) <= 90 && Math.abs(lng) <= 180)) return [];
        const element = document.createElement("div");
        element.className = "pin";
        return [new library.Marker({ element, anchor: "bottom" }).setLngLat([lng, lat]).addTo(map)];
      });
      said.textContent = isOfMap ? "" : part.dataset.other;
    };
    map.on("click", (event) => {
      if (crs.value !== part.dataset.crs) return;
      const { lng, lat } = event.lngLat.wrap(), lines = list.value.split("\n").filter((line) => line.trim());
      list.value = [...lines, `${part.dataset.name} ${lines.length + 1}; ${lat.toFixed(6)}, ${lng.toFixed(6)}`].join("\n");
      show();
    });
    list.addEventListener("input", show);
    crs.addEventListener("change", show);
    show();
  } catch { part.hidden = true; }
}
