// The office's map: what is pressed is opened, and a new station begins in the middle of the map.
import { StationMap } from "./map.js";

const root = document.documentElement.dataset.root ?? "";
class OfficeMap extends StationMap {
  async open(key) { location.assign(`${root}/console/stations/${key}`); }
}

export async function start(part) {
  const stations = new OfficeMap(part), add = document.getElementById("add");
  await stations.draw();
  const here = () => {
    const { lng, lat } = stations.map.getCenter().wrap();
    add.href = `${root}/console/stations/new?drawn=${lat.toFixed(6)},${lng.toFixed(6)}`;
  };
  if (add && stations.map) { stations.map.on("moveend", here); here(); }
}
