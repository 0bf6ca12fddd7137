// The map of stations: what is in view comes from the server, which puts neighbours together where there are many.
import { ask, put } from "./door.js";
import { colours, mapIn, rings } from "./ground.js";

const STATES = ["closed", "open", "unknown"], MARGIN = 0.25, WAIT = 150;
const collection = (features) => ({ type: "FeatureCollection", features });
// MapLibre leaves the opening full-width bracket out.
const label = (name) => name.replaceAll("（", " (").replaceAll("）", ")");
const at = (coordinates, properties, id) => ({ type: "Feature", id, properties, geometry: { type: "Point", coordinates } });

export class StationMap {
  constructor(part) {
    this.part = part;
    this.words = part.dataset;
    this.filters = { open: false, amenities: 0 };
    this.here = JSON.parse(part.dataset.here);
    this.middle = JSON.parse(part.dataset.middle);
    this.seen = { stations: [], clusters: [], total: 0 };
    this.asked = 0;
    this.box = null;
    this.entries = new Map();
    part.querySelector(".filters").addEventListener("click", (event) => this.filter(event.target.closest("button")));
    part.addEventListener("click", (event) => this.press(event));
    part.querySelector("#sheet").addEventListener("submit", (event) => this.report(event));
    part.querySelector("#sheet").addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
  }
  $(id) { return this.part.querySelector(`#${id}`); }
  say(text) { this.$("said").textContent = text; }

  // Drawing

  async draw() {
    try {
      this.map = (await mapIn(this.$("map"), this.part, { center: this.middle, zoom: this.here ? 14 : 11 })).map;
      await new Promise((done, failed) => { this.map.once("load", done); setTimeout(failed, 20000, new Error("the map takes too long")); });
      this.layers();
      this.map.on("moveend", () => this.later());
      new ResizeObserver(() => this.map.resize()).observe(this.$("map"));
    } catch (error) {
      this.map = null;
      this.$("map").hidden = true;
      this.say(this.words.flat);
    }
    await this.load();
  }
  layers() {
    const map = this.map, paint = colours(), by = ["match", ["get", "state"], 1, paint.open, 2, paint.unknown, paint.closed];
    for (const name of ["rings", "stations", "clusters", "here"]) map.addSource(name, { type: "geojson", data: collection([]) });
    const text = { "text-color": paint.text, "text-halo-color": paint.halo, "text-halo-width": 1.5 };
    map.addLayer({ id: "rings", type: "line", source: "rings", paint: { "line-color": paint.ring, "line-dasharray": [3, 3] } });
    map.addLayer({ id: "ring-names", type: "symbol", source: "rings", layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-size": 12 }, paint: text });
    map.addLayer({ id: "clusters", type: "circle", source: "clusters", paint: { "circle-color": paint.cluster, "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "count"]], 0, 12, 2, 18, 5, 30], "circle-stroke-width": 2, "circle-stroke-color": ["case", [">", ["get", "open"], 0], paint.open, paint.closed] } });
    map.addLayer({ id: "counts", type: "symbol", source: "clusters", layout: { "text-field": ["get", "label"], "text-size": 13, "text-allow-overlap": true }, paint: { "text-color": "#fff" } });
    map.addLayer({ id: "stations", type: "circle", source: "stations", layout: { "circle-sort-key": ["match", ["get", "state"], 1, 2, 2, 1, 0] }, paint: { "circle-color": by, "circle-radius": ["match", ["get", "state"], 1, 9, 2, 8, 6], "circle-opacity": ["match", ["get", "state"], 0, 0.75, 1], "circle-stroke-width": 2, "circle-stroke-color": paint.halo } });
    map.addLayer({ id: "names", type: "symbol", source: "stations", layout: { "text-field": ["get", "name"], "text-size": 13, "text-offset": [0, 1], "text-anchor": "top", "text-max-width": 9, "symbol-sort-key": ["match", ["get", "state"], 1, 0, 1] }, paint: text });
    map.addLayer({ id: "here", type: "circle", source: "here", paint: { "circle-color": paint.cluster, "circle-radius": 8, "circle-stroke-width": 3, "circle-stroke-color": "#fff" } });
    map.on("click", "stations", (event) => this.open(event.features[0].id));
    map.on("click", "clusters", (event) => this.isDrawing || map.easeTo({ center: event.features[0].geometry.coordinates, zoom: map.getZoom() + 2 }));
    for (const layer of ["stations", "clusters"]) {
      map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
      map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
    }
    this.showHere();
  }
  showHere() {
    if (!this.map) return;
    const round = (metres) => (metres < 1000 ? `${metres} m` : `${metres / 1000} km`);
    this.map.getSource("rings").setData(rings(this.here ?? this.middle, round));
    this.map.getSource("here").setData(collection(this.here ? [at(this.here, {})] : []));
  }

  // What is in view

  later() { clearTimeout(this.timer); this.timer = setTimeout(() => this.load(), WAIT); }
  view() {
    if (!this.map) { const [x, y] = this.here ?? this.middle; return [x - 0.1, y - 0.1, x + 0.1, y + 0.1]; }
    const found = this.map.getBounds();
    return [found.getWest(), found.getSouth(), found.getEast(), found.getNorth()];
  }
  async load() {
    const view = this.view(), [west, south, east, north] = view;
    const isKnown = this.box && !this.seen.clusters.length && this.box[0] <= west && this.box[1] <= south && this.box[2] >= east && this.box[3] >= north;
    if (!isKnown) {
      const more = [(east - west) * MARGIN, (north - south) * MARGIN], turn = ++this.asked;
      const box = [west - more[0], Math.max(-90, south - more[1]), east + more[0], Math.min(90, north + more[1])];
      const response = await ask(`/app/map/stations?box=${box.map((one) => one.toFixed(5))}&amenities=${this.filters.amenities}&open=${Number(this.filters.open)}`);
      if (turn !== this.asked) return;
      if (!response.ok) { await put(this.part, response); return; }
      this.seen = await response.json();
      this.box = box;
      this.paint();
    }
    this.list(view);
  }
  paint() {
    if (!this.map) return;
    const short = (n) => (n < 10000 ? String(n) : `${Math.round(n / 1000)}k`);
    this.map.getSource("stations").setData(collection(this.seen.stations.map(([key, x, y, state, name]) => at([x, y], { state, name: label(name) }, key))));
    this.map.getSource("clusters").setData(collection(this.seen.clusters.map(([x, y, count, open]) => at([x, y], { count, open, label: short(count) }))));
  }
  // The same as a list: for the keyboard, for screen readers, and where the map can't be drawn.
  list([west, south, east, north]) {
    const inView = ([, x, y]) => x >= west && x <= east && y >= south && y <= north;
    const [x, y] = this.here ?? (this.map ? this.map.getCenter().toArray() : this.middle);
    const near = ([, a, b]) => (a - x) ** 2 * Math.cos(y * Math.PI / 180) ** 2 + (b - y) ** 2;
    const rank = ([, , , state]) => (state === 0 ? 1 : 0);
    const shown = this.seen.stations.filter(inView).sort((a, b) => rank(a) - rank(b) || near(a) - near(b)).slice(0, 20);
    this.put(shown.map(([key, , , state, name]) => {
      const entry = this.entries.get(key) ?? this.$("entry").content.firstElementChild.cloneNode(true);
      entry.querySelector("button").dataset.key = key;
      entry.querySelector("b").textContent = name;
      entry.querySelector("span").textContent = this.words[STATES[state]];
      entry.querySelector("span").dataset.state = STATES[state];
      return [key, entry];
    }));
    const parts = this.seen.clusters.filter(([a, b]) => inView([0, a, b]));
    const total = this.seen.stations.filter(inView).length + parts.reduce((sum, [, , count]) => sum + count, 0);
    this.$("shown").textContent = total ? this.words.shown.replace("{n}", total) : this.words.none;
  }

  // Entries stay what they are while the map moves, or whoever presses one with the keyboard would lose it.
  put(entries) {
    const list = this.$("list"), focused = document.activeElement;
    this.entries = new Map(entries);
    if (entries.every(([, entry], place) => list.children[place] === entry) && list.children.length === entries.length) return;
    list.replaceChildren(...this.entries.values());
    if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
  }

  // What is pressed

  filter(button) {
    if (!button) return;
    const on = button.getAttribute("aria-pressed") !== "true", name = button.dataset.filter;
    button.setAttribute("aria-pressed", on);
    if (name === "open") this.filters.open = on;
    else this.filters.amenities ^= Number(name);
    this.box = null;
    this.load();
  }
  press(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "locate") this.locate();
    if (button.id === "here") this.search(this.map ? this.map.getCenter().wrap().toArray() : this.middle, true);
    if (button.dataset.key) this.open(button.dataset.key, button);
    if ("close" in button.dataset) this.close();
  }
  locate() {
    this.say("");
    const found = ({ coords }) => this.search([coords.longitude, coords.latitude], false);
    if (!navigator.geolocation) this.say(this.words.nowhere);
    else navigator.geolocation.getCurrentPosition(found, () => this.say(this.words.nowhere), { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 });
  }
  // `drawn`: the place is one on the map, which may be shifted against the phone's.
  async search([longitude, latitude], drawn) {
    this.opener = document.activeElement;
    if (!await this.fill(await ask("/app/map/place", { longitude, latitude, amenities: this.filters.amenities, drawn: Number(drawn) }))) return;
    this.here = JSON.parse(this.$("sheet").querySelector("[data-at]").dataset.at);
    this.showHere();
    if (this.map) this.map.easeTo({ center: this.here, zoom: Math.max(14, this.map.getZoom()) });
    else { this.box = null; this.load(); }
  }
  async open(key, opener = null) {
    if (opener && !this.$("sheet").contains(opener)) this.opener = opener;
    await this.fill(await ask(`/app/map/stations/${key}`));
  }
  async report(event) {
    event.preventDefault();
    const response = await ask(event.target.dataset.report, { kind: event.submitter.value });
    if (response.ok) await this.fill(response);
    else await put(event.target.querySelector("output"), response);
    this.box = null;
    this.load();
  }
  async fill(response) {
    const sheet = this.$("sheet");
    this.say("");
    const { ok } = await put(sheet, response);
    sheet.hidden = false;
    sheet.focus({ preventScroll: true });
    sheet.scrollIntoView({ block: "nearest" });
    return ok;
  }
  close() { this.$("sheet").hidden = true; if (this.opener?.isConnected) this.opener.focus(); }
  stop() { clearTimeout(this.timer); this.map?.remove(); }
}

export async function start(part) {
  const stations = new StationMap(part);
  await stations.draw();
  return { stop: () => stations.stop() };
}
