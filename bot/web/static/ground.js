// What lies under the stations: plain ground with rings, tiles, or a file of one's own (PMTiles).
const EARTH = 6371008.8, RINGS = [250, 500, 1000, 2000, 5000, 10000];
export const colours = () => (getComputedStyle(document.documentElement).getPropertyValue("--dark").trim() === "1"
  ? { ground: "#18212b", land: "#1f2a36", water: "#12304a", road: "#3a4a5a", ring: "#5d7286", text: "#e6edf3", halo: "#18212b", open: "#4ade80", unknown: "#fbbf24", closed: "#8a97a5", cluster: "#2f81f7" }
  : { ground: "#eef3ea", land: "#f6f8f2", water: "#bcdcf2", road: "#ffffff", ring: "#93a58a", text: "#17212b", halo: "#ffffff", open: "#15803d", unknown: "#b45309", closed: "#6b7885", cluster: "#1f6fb5" });

// A map in this box, with what all of them have: its ground, zoom buttons in the reader's language, a scale.
export async function mapIn(box, part, view) {
  const library = await maplibre(), { title, zoomIn, zoomOut } = box.dataset;
  const map = new library.Map({ container: box, style: await style(part, library), attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 19, cooperativeGestures: false, fadeDuration: 0,
    locale: { "Map.Title": title, "NavigationControl.ZoomIn": zoomIn, "NavigationControl.ZoomOut": zoomOut }, ...view });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new library.ScaleControl(), "bottom-left");
  return { library, map };
}

function maplibre() {
  if (window.maplibregl) return Promise.resolve(window.maplibregl);
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href: new URL("./maplibre-gl.css", import.meta.url).href });
  const script = document.createElement("script");
  script.src = new URL("./maplibre-gl-csp.js", import.meta.url).href;
  document.head.append(sheet, script);
  return new Promise((found, failed) => {
    script.onerror = failed;
    script.onload = () => { window.maplibregl.setWorkerUrl(new URL("./maplibre-gl-csp-worker.js", import.meta.url).href); found(window.maplibregl); };
  });
}

async function style(part, library) {
  const paint = colours(), sources = {}, layers = [{ id: "ground", type: "background", paint: { "background-color": paint.ground } }];
  if (part.dataset.tiles) {
    sources.base = { type: "raster", tiles: [part.dataset.tiles], tileSize: 256 };
    layers.push({ id: "base", type: "raster", source: "base" });
  } else if (part.dataset.pmtiles) {
    const { PMTiles, Protocol } = await pmtiles();
    const file = new PMTiles(new URL(`${document.documentElement.dataset.root ?? ""}/app/map/base.pmtiles`, location.href).href), protocol = new Protocol();
    protocol.add(file);
    library.addProtocol("pmtiles", protocol.tile);
    const isVector = (await file.getHeader()).tileType === 1;
    sources.base = { type: isVector ? "vector" : "raster", url: `pmtiles://${file.source.getKey()}`, tileSize: isVector ? 512 : 256 };
    layers.push(...(isVector ? streets(paint) : [{ id: "base", type: "raster", source: "base" }]));
  }
  return { version: 8, sources, layers };
}

// The layers of Protomaps' basemaps, which most PMTiles files of OpenStreetMap have: https://docs.protomaps.com/basemaps/layers
function streets(paint) {
  const fill = (id, colour) => ({ id, type: "fill", source: "base", "source-layer": id, paint: { "fill-color": colour } });
  const width = ["interpolate", ["exponential", 1.6], ["zoom"], 8, 0.5, 18, 12];
  return [fill("earth", paint.land), fill("water", paint.water),
    { id: "roads", type: "line", source: "base", "source-layer": "roads", paint: { "line-color": paint.road, "line-width": width } },
    { id: "street-names", type: "symbol", source: "base", "source-layer": "roads", minzoom: 14, layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-size": 12 }, paint: { "text-color": paint.text, "text-halo-color": paint.halo, "text-halo-width": 1 } }];
}

function pmtiles() {
  return new Promise((found, failed) => {
    const script = document.createElement("script");
    script.src = new URL("./pmtiles.js", import.meta.url).href;
    script.onload = () => found(window.pmtiles);
    script.onerror = failed;
    document.head.append(script);
  });
}

// Circles around a place, with their radius, drawn as lines.
export function rings([longitude, latitude], words) {
  return { type: "FeatureCollection", features: RINGS.map((metres) => {
    const points = Array.from({ length: 73 }, (_, at) => {
      const angle = at * Math.PI / 36, up = metres / EARTH * 180 / Math.PI;
      return [longitude + up * Math.sin(angle) / Math.max(0.05, Math.cos(latitude * Math.PI / 180)), latitude + up * Math.cos(angle)];
    });
    return { type: "Feature", properties: { name: words(metres) }, geometry: { type: "LineString", coordinates: points } };
  }) };
}
