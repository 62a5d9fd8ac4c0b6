// Filters, search and keys of the page of samples. Without it the page is a plain list of all samples.
const samples = [...document.querySelectorAll(".sample")];
const sections = [...document.querySelectorAll("section")];
const form = document.querySelector("form");
const search = form.elements.search;
const status = form.querySelector(".status");
const MOST_OPENED = 100;

const sayIn = (english, chinese) => (inChinese() ? chinese : english);
const searched = new Map();
const shown = () => samples.filter((sample) => !sample.hidden);
const chosen = (name) => form.elements[name]?.value ?? "";
const marksChosen = () => [...form.querySelectorAll("input[name=is]:checked")].map((box) => box.value);

function filter() {
  const [words, set, combination, state] = [search.value.trim().toLowerCase(), ...["set", "combination", "state"].map(chosen)];
  const marks = marksChosen();
  for (const sample of samples) {
    const is = sample.dataset.is.split(" ");
    sample.hidden =
      (set && sample.dataset.set !== set) ||
      (combination && sample.dataset.combination !== combination) ||
      (state && !is.includes(state)) ||
      !marks.every((mark) => is.includes(mark)) ||
      (words && !textOf(sample).includes(words));
  }
  for (const section of sections) section.hidden = !section.querySelector(".sample:not([hidden])");
  const count = shown().length;
  status.textContent = count
    ? sayIn(`${count} of ${samples.length} answers`, `${samples.length} 个回答中的 ${count} 个`)
    : sayIn("No answer matches.", "没有符合的回答。");
  form.elements.open.disabled = count > MOST_OPENED;
  form.elements.open.title = count > MOST_OPENED ? sayIn(`filter down to ${MOST_OPENED} first`, `请先筛选到 ${MOST_OPENED} 个以内`) : "";
  keepInAddress();
  highlight();
}

// What a person may search in a sample: the question, the answer and its facts, not the page's own words.
function textOf(sample) {
  if (!searched.has(sample))
    searched.set(sample, [...sample.querySelectorAll(".excerpt, .read .soft, dd, .text")].map((part) => part.textContent).join("\n").toLowerCase());
  return searched.get(sample);
}

// Names in lists of choices and in empty fields cannot hold two languages; they have the Chinese one beside them.
function nameChoices() {
  for (const choice of document.querySelectorAll("option[data-zh]")) {
    choice.dataset.en ??= choice.textContent;
    choice.textContent = sayIn(choice.dataset.en, choice.dataset.zh);
  }
  search.dataset.en ??= search.placeholder;
  search.placeholder = search.ariaLabel = sayIn(search.dataset.en, search.dataset.zh);
}

// The address holds the filters, so that a view can be sent and found again.
function keepInAddress() {
  const kept = [...new FormData(form)].filter(([, value]) => value);
  history.replaceState(null, "", kept.length ? `#${new URLSearchParams(kept)}` : location.pathname + location.search);
}

function readAddress() {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    if (name === "is") {
      const box = form.querySelector(`input[name=is][value="${CSS.escape(value)}"]`);
      if (box) box.checked = true;
    } else if (["search", "set", "combination", "state"].includes(name) && form.elements[name]) {
      form.elements[name].value = value;
    }
  }
}

// Marks the searched words in the samples that are open, and unfolds the texts that hold them.
function highlight() {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete("found");
  const words = search.value.trim().toLowerCase();
  if (!words) return;
  const ranges = [];
  for (const sample of document.querySelectorAll(".sample[open]:not([hidden])")) ranges.push(...rangesIn(sample, words));
  CSS.highlights.set("found", new Highlight(...ranges));
}

function rangesIn(sample, words) {
  const ranges = [];
  const walker = document.createTreeWalker(sample, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.toLowerCase();
    if (text.length !== walker.currentNode.data.length) continue; // a letter whose small form is longer
    for (let at = text.indexOf(words); at >= 0 && ranges.length < 1000; at = text.indexOf(words, at + words.length)) {
      const range = new Range();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + words.length);
      ranges.push(range);
      const folded = walker.currentNode.parentElement.closest(".body details");
      if (folded) folded.open = true;
    }
  }
  return ranges;
}

function move(step) {
  const visible = shown();
  const current = document.activeElement.closest(".sample");
  const at = visible.indexOf(current);
  const next = at < 0 ? visible[step > 0 ? 0 : visible.length - 1] : visible[at + step];
  next?.querySelector("summary").focus();
  next?.scrollIntoView({ block: "nearest" });
}

function unfold() {
  const folded = [...(document.activeElement.closest(".sample[open]")?.querySelectorAll(".body details") ?? [])];
  const open = folded.some((text) => !text.open);
  for (const text of folded) text.open = open;
}

const KEYS = { j: () => move(1), k: () => move(-1), r: unfold, "/": () => search.focus() };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target === search) search.blur();
  if (event.target.matches("input, select") || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

let waiting;
form.addEventListener("input", (event) => {
  clearTimeout(waiting);
  waiting = setTimeout(filter, event.target === search ? 250 : 0);
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(filter, 0));
form.elements.open.addEventListener("click", () => {
  const visible = shown();
  const open = visible.some((sample) => !sample.open);
  for (const sample of visible) sample.open = open;
});
document.addEventListener("toggle", highlight, true);
addEventListener("hashchange", () => { form.reset(); readAddress(); setTimeout(filter, 1); });

const language = document.getElementById("language");
language.addEventListener("click", () => { switchLanguage(); nameChoices(); filter(); });
form.hidden = language.hidden = document.querySelector(".keys").hidden = false;
nameChoices();
readAddress();
filter();
