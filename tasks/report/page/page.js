// Draws the charts and offers their data as CSV. Works from a file, without a network.
const page = JSON.parse(document.getElementById("page-data").textContent);
const translated = (text) => (inChinese() && page.chinese[text]) || text;
const views = new Map();

function rowsOf(columns) {
  const names = Object.keys(columns);
  const count = names.length ? columns[names[0]].length : 0;
  return Array.from({ length: count }, (_, row) => Object.fromEntries(names.map((name) => [name, columns[name][row]])));
}

// Vega-Lite takes an expression for the names in a legend from the legend itself alone, not from its configuration.
const WITH_LEGEND = new Set(["color", "fill", "stroke", "strokeDash", "shape"]);
const withNames = (channel) =>
  channel?.field && channel.legend !== null ? { ...channel, legend: { ...channel.legend, labelExpr: "translated(datum.label)" } } : channel;

// The titles of a specification in the language of the page. Data and names of fields stay as they are.
function inLanguage(part) {
  if (Array.isArray(part)) return part.map(inLanguage);
  if (part === null || typeof part !== "object") return part;
  const entries = Object.entries(part).map(([key, value]) =>
    key === "title" && typeof value === "string" ? [key, translated(value)] : key === "data" ? [key, value]
    : [key, inLanguage(WITH_LEGEND.has(key) ? withNames(value) : value)]);
  return Object.fromEntries(entries);
}

async function draw(element) {
  const chart = page.charts[element.id];
  const spec = { ...inLanguage(chart.spec), width: "container", config: page.config, datasets: { rows: rowsOf(chart.columns) } };
  const options = { renderer: "svg", actions: false, expressionFunctions: { translated }, tooltip: { theme: "page", disableDefaultStyle: true } };
  views.get(element.id)?.finalize();
  const { view } = await window.vegaEmbed(element, spec, options);
  views.set(element.id, view);
  linkTime(view, element);
}

// Charts over time show the same part of the run: dragging marks it, a double click shows all again.
function showTime(from, to) {
  for (const view of views.values())
    if (isOverTime(view)) view.signal("time_from", from).signal("time_to", to).runAsync();
}
const isOverTime = (view) => "time_from" in view.getState().signals;

function linkTime(view, element) {
  if (!isOverTime(view)) return;
  const ends = [view.signal("time_from"), view.signal("time_to")];
  const marked = document.createElement("div");
  marked.className = "marked";
  element.append(marked);
  let start = null;
  // Pixels from the left end of the axis.
  const place = (event) => {
    const inside = event.clientX - element.getBoundingClientRect().left - view.origin()[0];
    return Math.min(Math.max(inside, 0), view.width());
  };
  element.onpointerdown = (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    start = place(event);
    element.setPointerCapture(event.pointerId);
  };
  element.onpointermove = (event) => {
    if (start === null) return;
    const end = place(event);
    marked.style.left = `${view.origin()[0] + Math.min(start, end)}px`;
    marked.style.width = `${Math.abs(end - start)}px`;
  };
  element.onpointerup = (event) => {
    if (start === null) return;
    const pixels = [start, place(event)].sort((a, b) => a - b);
    start = null;
    marked.style.width = 0;
    if (pixels[1] - pixels[0] > 4) showTime(...pixels.map((pixel) => view.scale("x").invert(pixel)));
  };
  element.ondblclick = () => showTime(...ends);
}

function csv(columns) {
  const cell = (value) => {
    const text = value === null ? "" : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const names = Object.keys(columns);
  const lines = [names, ...rowsOf(columns).map((row) => names.map((name) => row[name]))];
  return lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

function save(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// A drawing that stands alone: the page's colours as they are now, on the page's background.
async function drawing(name) {
  const style = getComputedStyle(root);
  const svg = await views.get(name).toSVG();
  return svg.replace(/var\((--[a-z-]+)\)/g, (_, variable) => style.getPropertyValue(variable).trim());
}

// The script that draws: packed in the page, or a file beside the pages of a site, which has run already.
async function runScript() {
  const packed = document.getElementById("vega");
  if (!packed) return;
  const base64 = packed.textContent;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(unpacked).text();
  document.head.append(script);
}

async function drawAll() {
  for (const element of document.querySelectorAll(".chart"))
    await draw(element).catch((error) => {
      element.closest("figure").classList.add("undrawn");
      console.error(error);
    });
  root.dataset.drawn = root.lang;
}

function cueScroll(box) {
  const more = box.scrollWidth - box.clientWidth;
  box.classList.toggle("more-right", box.scrollLeft < more - 2);
  box.classList.toggle("more-left", box.scrollLeft > 2);
}

for (const button of document.querySelectorAll("button[data-csv]"))
  button.addEventListener("click", () => save(`${button.dataset.csv}.csv`, "text/csv", csv(page.charts[button.dataset.csv].columns)));
for (const button of document.querySelectorAll("button[data-svg]"))
  button.addEventListener("click", async () => save(`${button.dataset.svg}.svg`, "image/svg+xml", await drawing(button.dataset.svg)));
for (const box of document.querySelectorAll(".scroll")) {
  box.addEventListener("scroll", () => cueScroll(box), { passive: true });
  new ResizeObserver(() => cueScroll(box)).observe(box);
}

root.classList.add("scripted");
const ready = runScript().then(drawAll);
ready.catch((error) => { root.classList.add("no-charts"); console.error(error); });
document.getElementById("language").addEventListener("click", async () => {
  switchLanguage();
  await ready;
  await drawAll();
});
