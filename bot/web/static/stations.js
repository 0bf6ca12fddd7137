// The office's map: what is pressed is opened, a new station begins in the middle of the map, and an area can be drawn.
import { StationMap } from "./map.js";
import { colours } from "./ground.js";

const root = document.documentElement.dataset.root ?? "", MOST_CORNERS = 100;
const list = (corners) => location.assign(`${root}/console/stations/area?corners=${encodeURIComponent(corners.map(([x, y]) => `${y.toFixed(6)},${x.toFixed(6)}`).join(" "))}`);

class OfficeMap extends StationMap {
  async open(key) { if (!this.corners) location.assign(`${root}/console/stations/${key}`); }
  press(event) {
    const button = event.target.closest("button");
    if (button?.id === "draw") this.draw_area(button);
    else if (button?.id === "view") this.list_view();
    else super.press(event);
  }
  filter(button) { if (button?.dataset.filter) super.filter(button); }
  list_view() {
    const [west, south, east, north] = this.view(), up = Math.min(90, north), down = Math.max(-90, south);
    list([[west, down], [east, down], [east, up], [west, up]]);
  }
  // Pressed once it begins; pressed again it finishes what was drawn, or ends it.
  draw_area(button) {
    const words = button.querySelector("span");
    if (this.corners?.length >= 3) { list(this.corners); return; }
    if (this.corners) { this.stop_drawing(button); return; }
    this.begin = words.textContent;
    this.corners = [];
    this.isDrawing = true;
    button.setAttribute("aria-pressed", "true");
    this.say(button.dataset.hint);
    this.map.getCanvas().style.cursor = "crosshair";
    this.corner ??= this.map.on("click", (event) => {
      if (!this.corners || this.corners.length >= MOST_CORNERS) return;
      this.corners.push(event.lngLat.wrap().toArray());
      this.show_area();
      if (this.corners.length >= 3) words.textContent = button.dataset.finish;
    });
  }
  stop_drawing(button) {
    this.corners = null;
    this.isDrawing = false;
    button.setAttribute("aria-pressed", "false");
    button.querySelector("span").textContent = this.begin;
    this.say("");
    this.map.getCanvas().style.cursor = "";
    this.show_area();
  }
  show_area() {
    const corners = this.corners ?? [], colour = colours().unknown;
    if (!this.map.getSource("area")) {
      this.map.addSource("area", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
      this.map.addLayer({ id: "area", type: "fill", source: "area", paint: { "fill-color": colour, "fill-opacity": 0.2 } });
      this.map.addLayer({ id: "area-line", type: "line", source: "area", paint: { "line-color": colour, "line-width": 3 } });
      this.map.addLayer({ id: "area-corners", type: "circle", source: "area", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colour, "circle-radius": 6, "circle-stroke-width": 2, "circle-stroke-color": "#fff" } });
    }
    const features = corners.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates } }));
    if (corners.length === 2) features.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: corners } });
    if (corners.length > 2) features.push({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...corners, corners[0]]] } });
    this.map.getSource("area").setData({ type: "FeatureCollection", features });
  }
}

export async function start(part) {
  const stations = new OfficeMap(part), add = document.getElementById("add"), draw = document.getElementById("draw");
  draw.hidden = true;
  await stations.draw();
  if (!stations.map) return;
  draw.hidden = false;
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && stations.corners) stations.stop_drawing(draw); });
  const here = () => {
    const { lng, lat } = stations.map.getCenter().wrap();
    add.href = `${root}/console/stations/new?drawn=${lat.toFixed(6)},${lng.toFixed(6)}`;
  };
  if (add) { stations.map.on("moveend", here); here(); }
}
