const dark = window.matchMedia("(prefers-color-scheme: dark)");
const followScheme = () => document.documentElement.classList.toggle("dark", dark.matches);
dark.addEventListener("change", followScheme);
followScheme();

const lines = JSON.parse(document.getElementById("lines").textContent);
const form = document.getElementById("compare");
const NONE = "–";

// Every text comes from a run: it becomes HTML only through this function.
const escaped = (text) => {
  const element = document.createElement("span");
  element.textContent = text;
  return element.innerHTML.replaceAll('"', "&quot;");
};
const badge = (word) => (word ? `<span class="badge ${escaped(word)}">${escaped(word)}</span>` : NONE);
const small = (text) => (text ? `<small>${escaped(text)}</small>` : "");
const mark = (line) =>
  `<input type="checkbox" form="compare" name="run" value="${escaped(line.run_id)}" aria-label="Mark ${escaped(line.run_id)}">`;
const run = (line) =>
  `<a href="${escaped(line.report)}" title="${escaped(line.run_id)}">${escaped(line.started.replace("T", " "))}</a>`;
const spec = (line) =>
  line.trend
    ? `<a href="${escaped(line.trend)}" title="figures from run to run">${escaped(line.spec)}</a>`
    : escaped(line.spec);
const throughput = (line) =>
  escaped(line.output[1]) + (line.suspect ? " " + badge("suspect") : "") + small(line.load) + small(line.unmet);

// A column's `shown` is its HTML; `value` is what it is sorted and searched by.
const columns = [
  { shown: mark, value: () => "", orderable: false, searchable: false, visible: !form.hidden },
  { shown: run, value: (line) => `${line.started} ${line.run_id}` },
  { shown: spec, value: (line) => line.spec, listed: true },
  { shown: (line) => escaped(line.model) + small(line.source), value: (line) => line.model, listed: true },
  { shown: (line) => escaped(line.engine), value: (line) => line.engine, listed: true },
  { shown: (line) => escaped(line.hardware || NONE), value: (line) => line.hardware || NONE, listed: true },
  { shown: (line) => badge(line.outcome), value: (line) => line.outcome, listed: true },
  { shown: (line) => badge(line.verdict), value: (line) => line.verdict || NONE, listed: true },
  { shown: throughput, value: (line) => line.output[0], numeric: true },
  { shown: (line) => escaped(line.ttft[1]), value: (line) => line.ttft[0], numeric: true },
  { shown: (line) => line.scores.map(escaped).join("<br>") || NONE, value: (line) => line.scores.join(" ") },
];
const menu = { extend: "dropdown", content: ["orderAsc", "orderDesc", "spacer", "searchClear", "searchList"], icon: "search" };
const table = new DataTable("#runs", {
  data: lines,
  order: [],
  pageLength: 50,
  autoWidth: false,
  deferRender: true,
  ordering: { indicators: false, handler: false },
  columns: columns.map((column) => ({
    data: null,
    render: (line, purpose) => (purpose === "display" ? column.shown(line) : column.value(line)),
    orderable: column.orderable ?? true,
    searchable: column.searchable ?? true,
    visible: column.visible ?? true,
    type: column.numeric ? "num" : "string",
    className: column.numeric ? "n" : "",
    columnControl: column.orderable === false ? [] : column.listed ? [menu] : ["order"],
  })),
  language: {
    emptyTable: "No run is recorded here.",
    info: "_START_ to _END_ of _TOTAL_ runs",
    infoEmpty: "No run matches.",
    infoFiltered: "(of _MAX_ recorded)",
    lengthMenu: "_MENU_ runs a page",
    zeroRecords: "No run matches.",
  },
});

// Dates are texts in ISO 8601, which compare as dates do.
const from = document.getElementById("from");
const to = document.getElementById("to");
table.search.fixed("dates", (text, line) => {
  const day = line.started.slice(0, 10);
  return (!from.value || day >= from.value) && (!to.value || day <= to.value);
});
for (const input of [from, to]) input.addEventListener("change", () => table.draw());

table.on("change", "input[name=run]", () => {
  form.querySelector("button").disabled = table.$("input[name=run]:checked").length < 2;
});
