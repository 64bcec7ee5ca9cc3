/* Controls */

function step(by) {
  const position = state.position + by;
  if (position >= 0 && position < state.found.length) show(position);
}

function selectView(view) {
  state.view = view;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const chosen = tab.dataset.view === view;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) element("view").setAttribute("aria-labelledby", tab.id);
  }
  element("widths").hidden = view !== "html";
  element("view").dataset.width = view === "html" ? selectedWidth : "desktop";
  if (selected >= 0) drawBody();
}

function chooseView(view) {
  if (!besides.matches) showReviews(false); // they cover the view
  selectView(view);
}

let selectedWidth = "desktop";

function selectWidth(width) {
  selectedWidth = width;
  for (const button of element("widths").children) {
    button.setAttribute("aria-pressed", String(button.dataset.width === width));
  }
  element("view").dataset.width = width;
}

function selectTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  element("theme").setAttribute("aria-pressed", String(dark));
}

const KEYS = {
  ArrowDown: () => step(1), j: () => step(1), ArrowUp: () => step(-1), k: () => step(-1),
  "/": () => element("search").focus(), Escape: closeReader,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrows = event.key.startsWith("Arrow");
  const typing = event.target.matches("select") || (event.target.matches("input") && !arrows);
  const scrolling = arrows && event.target.matches("#view, #reviews"); // their own arrows move the text
  const elsewhere = document.body.dataset.page === "categories";
  if (!(event.key in KEYS) || typing || scrolling || elsewhere) return;
  event.preventDefault();
  KEYS[event.key]();
});

element("search").addEventListener("input", find);
for (const form of document.forms) form.addEventListener("submit", (event) => event.preventDefault());
element("copy").addEventListener("change", find);
element("labels").addEventListener("change", find);
element("show-reviews").addEventListener("click", () => showReviews(element("reviews").hidden));
element("pages")?.addEventListener("click", ({ target }) => { if (target.dataset.page) selectPage(target.dataset.page); });
element("category-search")?.addEventListener("input", findCategories);
element("more-categories")?.addEventListener("click", showMoreCategories);
element("previous-page").addEventListener("click", () => turnPage(-1));
element("next-page").addEventListener("click", () => turnPage(1));
element("previous").addEventListener("click", () => step(-1));
element("next").addEventListener("click", () => step(1));
element("back").addEventListener("click", closeReader);
element("theme").addEventListener("click", () => selectTheme(document.documentElement.dataset.theme !== "dark"));
for (const button of element("widths").children) button.addEventListener("click", () => selectWidth(button.dataset.width));

const tabs = [...document.querySelectorAll("[role=tab]")];
tabs.forEach((tab, index) => {
  tab.addEventListener("click", () => chooseView(tab.dataset.view));
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = tabs[(index + by + tabs.length) % tabs.length];
    next.focus();
    chooseView(next.dataset.view);
  });
});

selectTheme(matchMedia("(prefers-color-scheme: dark)").matches);
selectView("html");
const anyLabels = emails.some((email) => email.labels.length);
element("labels").hidden = !anyLabels;
showReviews(anyLabels && besides.matches);
const linked = emails.find((email) => "#" + encodeURIComponent(email.id) === location.hash);
if (linked) {
  selected = linked.index;
  document.body.classList.add("reading");
}
find();
