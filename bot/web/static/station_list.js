// Pins of many new stations: each press on the map writes a line with its place into the list.
import { style } from "./ground.js";
import { library } from "./map.js";

const PLACE = /([+-]?\d{1,3}\.\d+)[\s,;|，；、]+([+-]?\d{1,3}\.\d+)/;

export async function start(part) {
  const list = document.getElementById("list"), crs = document.getElementById("crs"), said = part.querySelector("#said");
  const root = document.documentElement.dataset.root ?? "";
  try {
    const maps = await library();
    const map = new maps.Map({ container: part.querySelector("#map"), style: await style(part, maps, root), center: JSON.parse(part.dataset.middle), zoom: 12, attributionControl: false, locale: { "Map.Title": part.querySelector("#map").dataset.title }, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 19, fadeDuration: 0 });
    map.touchZoomRotate.disableRotation();
    map.addControl(new maps.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maps.ScaleControl(), "bottom-left");
    let pins = [];
    const show = () => {
      for (const pin of pins) pin.remove();
      const isOfMap = crs.value === part.dataset.crs;
      pins = (isOfMap ? list.value.split("\n") : []).flatMap((line) => {
        const found = PLACE.exec(line), [lat, lng] = found ? [Number(found[1]), Number(found[2])] : [NaN, NaN];
        if (!(Math.abs(lat) <= 90 && Math.abs(lng) <= 180)) return [];
        const element = document.createElement("div");
        element.className = "pin";
        return [new maps.Marker({ element, anchor: "bottom" }).setLngLat([lng, lat]).addTo(map)];
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
