/* Controls */

function selectTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  element("theme").setAttribute("aria-pressed", String(dark));
  darkenEmail(dark);
}

const KEYS = {
  ArrowDown: () => step(1), j: () => step(1), ArrowUp: () => step(-1), k: () => step(-1),
  v: () => nextView(1), d: () => element("dark-email").click(),
  c: () => chooseBeside("customer"), p: () => chooseBeside("picks"), w: () => chooseBeside("copy"),
  Escape: closeReader,
};
const KEYS_ON_EVERY_PAGE = {
  "/": () => document.querySelector(`[data-search-of="${document.body.dataset.page}"]`)?.focus(),
  "?": () => element("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || element("help").open) return;
  const { key, target } = event;
  const arrows = key.startsWith("Arrow");
  const typing = target.matches("select") || (target.matches("input") && !arrows && key !== "Escape");
  const scrolling = arrows && target.matches("#view, #beside, #beside *"); // their own arrows move the text
  const known = document.body.dataset.page === "emails" ? { ...KEYS, ...KEYS_ON_EVERY_PAGE } : KEYS_ON_EVERY_PAGE;
  if (!Object.hasOwn(known, key) || typing || scrolling) return;
  event.preventDefault();
  known[key]();
});

const tabs = [...document.querySelectorAll("[role=tab]")];

function nextView(by) {
  const index = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  const next = tabs[(index + by + tabs.length) % tabs.length];
  chooseView(next);
  return next;
}

tabs.forEach((tab) => {
  tab.addEventListener("click", () => chooseView(tab));
  tab.addEventListener("keydown", ({ key }) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (by) nextView(by).focus();
  });
});

function onClick(id, act) {
  element(id)?.addEventListener("click", act);
}

for (const form of document.forms) form.addEventListener("submit", (event) => event.preventDefault());
element("search").addEventListener("input", find);
for (const select of document.querySelectorAll("[data-filter]")) select.addEventListener("change", find);
onClick("clear-filters", () => { filterBy({}, element("search").value); find(); element("search").focus(); });
onClick("export", exportList);
onClick("download", downloadEmail);
onClick("pages", ({ target }) => { if (target.dataset.page) navigate(target.dataset.page, pageContent(target.dataset.page)); });
onClick("choose-beside", ({ target }) => { if (target.dataset.beside) chooseBeside(target.dataset.beside); });
element("category-search")?.addEventListener("input", findCategories);
onClick("more-categories", showMoreCategories);
element("other-run").addEventListener("change", ({ target }) => navigate("compare", target.value));
element("other-file").addEventListener("change", ({ target }) => compareWithFile(target.files));
element("change-kind").addEventListener("change", findChanges);
element("change-search").addEventListener("input", findChanges);
onClick("more-changes", showMoreChanges);
onClick("previous-page", () => turnPage(-1));
onClick("next-page", () => turnPage(1));
onClick("previous", () => step(-1));
onClick("next", () => step(1));
onClick("back", closeReader);
onClick("theme", () => selectTheme(document.documentElement.dataset.theme !== "dark"));
onClick("dark-email", () => darkenEmail(!emailIsDark()));
onClick("show-help", () => element("help").showModal());
onClick("close-help", () => element("help").close());

function pageContent(page) {
  if (page === "emails" && !narrow.matches) return emails[selected]?.id;
  return page === "compare" ? comparison.folder : "";
}

function explainEmptiness() {
  element("nothing").textContent = element("nothing").dataset.empty;
  document.body.dataset.empty = "";
}

async function start() {
  selectTheme(matchMedia("(prefers-color-scheme: dark)").matches);
  try {
    data = await contents("list");
  } catch (error) {
    element("found").textContent = `The emails cannot be listed: ${error.message}.`;
    return;
  }
  emails = records(data);
  if (!emails.length) explainEmptiness();
  prepareFilters();
  selectBeside(besides.matches ? "picks" : "");
  selectView("html");
  selected = emails.findIndex(({ id }) => id === address().what);
  find();
  arrive();
  document.body.dataset.ready = "";
}

start();
