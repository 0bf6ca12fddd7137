// Charts: uPlot draws the columns of each table above it; a column leads where the name in its line does.
const HEIGHT = 240, FEW = 0.05;

function library() {
  const sheet = document.createElement("link"), script = document.createElement("script");
  Object.assign(sheet, { rel: "stylesheet", href: new URL("./uPlot.min.css", import.meta.url).href });
  script.src = new URL("./uPlot.iife.min.js", import.meta.url).href;
  document.head.append(sheet, script);
  return new Promise((found, failed) => { script.onload = () => found(window.uPlot); script.onerror = failed; });
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = (text) => (text === "" ? null : Number(text));

// Below the columns stand as many names as there is room for.
function names(plot, rows) {
  const room = Math.max(1, Math.ceil(rows.length * 34 / Math.max(1, plot.bbox.width / devicePixelRatio)));
  return rows.map((_, at) => at).filter((at) => at % room === 0);
}

function draw(library, section) {
  const box = section.querySelector(".plot"), told = section.querySelector(".told");
  const rows = [...section.querySelectorAll("tbody tr")], values = rows.map((row) => number(row.dataset.value)), others = rows.map((row) => number(row.dataset.other));
  const isCompared = Boolean(section.querySelector(".legend .then")), most = Math.max(1, ...values.map(Number), ...others.map(Number));
  // Too few to be shown: a grey stub, which is as high for each.
  const hidden = values.map((value) => (value === null ? most * FEW : null));
  const data = [rows.map((_, at) => at), others, values, hidden], bars = (width) => library.paths.bars({ size: [width, 60], align: 0 });
  const paint = { now: colour("--accent"), then: colour("--then"), ink: colour("--soft"), grid: colour("--grid"), few: colour("--line") };
  const axis = { stroke: paint.ink, grid: { stroke: paint.grid, width: 1 }, ticks: { show: false }, font: "12px system-ui" };
  const say = (plot) => {
    const at = plot.cursor.idx, row = rows[at];
    told.textContent = row ? `${row.querySelector("th").textContent.trim()}: ${[...row.querySelectorAll("td")].map((cell) => cell.textContent.trim()).filter(Boolean).join(" · ")}` : "\u00a0";
    plot.over.classList.toggle("leads", Boolean(row?.querySelector("a")));
  };
  const plot = new library({
    width: Math.max(200, box.clientWidth), height: HEIGHT, legend: { show: false }, padding: [12, 8, 0, 0],
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: [-0.6, rows.length - 0.4] }, y: { range: [0, most * 1.08] } },
    axes: [{ ...axis, size: 30, grid: { show: false }, splits: (self) => names(self, rows), values: (_self, splits) => splits.map((at) => rows[at]?.dataset.short ?? "") },
      { ...axis, size: 52, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000] }],
    series: [{}, { fill: paint.then, paths: bars(0.9), points: { show: false }, show: isCompared },
      { fill: paint.now, paths: bars(isCompared ? 0.5 : 0.8), points: { show: false } },
      { stroke: paint.few, width: 1, paths: bars(isCompared ? 0.5 : 0.8), points: { show: false } }],
    hooks: { setCursor: [say] },
  }, data, box);
  plot.over.addEventListener("click", () => { rows[plot.cursor.idx]?.querySelector("a")?.click(); });
  say(plot);
  new ResizeObserver(() => { if (box.clientWidth && box.clientWidth !== plot.width) plot.setSize({ width: Math.max(200, box.clientWidth), height: HEIGHT }); }).observe(section);
  return plot;
}

export async function start(part) {
  const sections = [...part.querySelectorAll(".chart")].filter((section) => section.querySelector(".plot"));
  if (!sections.length) return;
  let plots = [];
  const again = (found) => {
    for (const plot of plots) plot.destroy();
    plots = sections.map((section) => draw(found, section));
  };
  try {
    const found = await library();
    for (const section of sections) for (const one of [".plot", ".told"]) section.querySelector(one).hidden = false;
    again(found);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => again(found));
  } catch {
    for (const section of sections) { section.querySelector(".plot").hidden = true; section.querySelector("details").open = true; }
  }
}
