// Where stations are missing: the places of the table as circles on the map; one that is pressed goes to its line.
import { colours, mapIn } from "./ground.js";
import { ask } from "./door.js";

export async function start(part) {
  const rows = [...document.querySelectorAll("#gaps tbody tr")];
  const features = rows.map((row, id) => ({ type: "Feature", id, properties: { id, bare: Number(row.dataset.bare), searches: Number(row.dataset.searches) }, geometry: { type: "Point", coordinates: JSON.parse(row.dataset.at) } }));
  try {
    const { map } = await mapIn(part.querySelector("#map"), part, { center: JSON.parse(part.dataset.middle), zoom: 11 }), paint = colours();
    await new Promise((done, failed) => { map.once("load", done); setTimeout(failed, 20000, new Error("the map takes too long")); });
    map.addSource("stations", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    map.addLayer({ id: "stations", type: "circle", source: "stations", paint: { "circle-color": paint.open, "circle-radius": 4, "circle-stroke-width": 1, "circle-stroke-color": paint.halo } });
    const stations = async () => {
      const view = map.getBounds(), box = [view.getWest(), Math.max(-90, view.getSouth()), view.getEast(), Math.min(90, view.getNorth())];
      const response = await ask(`/app/map/stations?box=${box.map((one) => one.toFixed(5))}`);
      if (!response.ok) return;
      const seen = await response.json(), dots = [...seen.stations.map(([, x, y]) => [x, y]), ...seen.clusters.map(([x, y]) => [x, y])];
      map.getSource("stations").setData({ type: "FeatureCollection", features: dots.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates } })) });
    };
    map.on("moveend", stations);
    map.addSource("gaps", { type: "geojson", data: { type: "FeatureCollection", features } });
    const size = (name) => ["interpolate", ["linear"], ["get", name], 0, 0, 5, 9, 100, 26, 1000, 44];
    map.addLayer({ id: "near", type: "circle", source: "gaps", paint: { "circle-color": paint.cluster, "circle-opacity": 0.35, "circle-radius": size("searches") } });
    map.addLayer({ id: "bare", type: "circle", source: "gaps", paint: { "circle-color": paint.unknown, "circle-opacity": 0.8, "circle-radius": size("bare"), "circle-stroke-width": ["case", [">", ["get", "bare"], 0], 2, 0], "circle-stroke-color": paint.halo } });
    for (const layer of ["near", "bare"]) {
      map.on("click", layer, (event) => rows[event.features[0].properties.id].querySelector("a").focus());
      map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
      map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
    }
    const places = features.map((one) => one.geometry.coordinates), edges = (at) => [Math.min(...places.map((one) => one[at])), Math.max(...places.map((one) => one[at]))];
    const [west, east] = edges(0), [south, north] = edges(1);
    map.fitBounds([[west, south], [east, north]], { padding: 40, maxZoom: 13, animate: false });
  } catch { part.hidden = true; }
}
