/* Search and filters of the list */

const shared = {};

const FILTERS = {
  copy: (email, wanted) => email.copy === wanted,
  template: (email, wanted) => email.template.includes(wanted),
  refused: (email, wanted) => wanted === "any" ? email.refused.length > 0 : email.refused.includes(wanted),
  labels: (email, wanted) => hasLabels(email, wanted),
  shared: (email, wanted) => shared[wanted].get(SHARED[wanted](email)) > 1,
  claims: (email, wanted) => email.products.some(({ claims }) => wanted === "any" ? claims : claims.split(", ").includes(wanted)),
  delivery: (email, wanted) => endingsOf(email).includes(wanted),
  reason: (email, wanted) => email.reasons.some(({ kind }) => kind === wanted),
};

function hasLabels(email, wanted) {
  if (wanted === "unhappy") return email.unhappy;
  if (wanted === "none") return email.labels.length === 0;
  return wanted.split(" ").some((label) => email.labels.includes(label));
}

// What has become of an email, from the general to the particular.
function endingsOf({ delivery }) {
  if (!delivery) return ["nothing yet"];
  const { outcome, reason, bounced } = delivery;
  const because = outcome === "suppressed" && reason ? [`${outcome}: ${reason}`] : [];
  return [outcome, ...because, ...(bounced ? [`bounced: ${bounced}`] : [])];
}

function prepareFilters() {
  for (const [name, value] of Object.entries(SHARED)) shared[name] = sharing(emails, value);
  for (const email of emails) email.haystack = haystackOf(email);
  offer("template", emails.flatMap(({ template }) => template));
  offer("refused", emails.flatMap(({ refused }) => refused));
  offer("reason", emails.flatMap(({ reasons }) => reasons.map(({ kind }) => kind)));
  offer("delivery", data.deliveries?.length ? emails.flatMap(endingsOf) : []);
  offer("claims", data.products.flatMap(([, , claims]) => claims.split(", ").filter(Boolean)));
  // A filter that nothing passes is not offered.
  element("filter-labels").closest("p").hidden = !emails.some((email) => email.labels.length);
  for (const name of ["template", "refused", "claims", "delivery"]) {
    element(`filter-${name}`).closest("p").hidden = !offered(name).length;
  }
}

function haystackOf(email) {
  const { id, name, address, subject, preheader, products, reasons } = email;
  const named = [...products.map((each) => `${each.name} ${each.id}`), ...reasons.map(reasonLine)];
  return [id, name, address, subject, preheader, ...named].join("\n").toLowerCase();
}

function offer(name, values) {
  const found = [...new Set(values)].sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  element(`filter-${name}`).append(...found.map((value) => new Option(value, value)));
}

function offered(name) {
  return [...element(`filter-${name}`).options].map(({ value }) => value).filter((value) => value && value !== "any");
}

function chosenFilters() {
  return [...document.querySelectorAll("[data-filter]")].filter(({ value }) => value);
}

function searched() {
  const words = wordsIn(element("search").value);
  const chosen = chosenFilters();
  return emails.filter((email) =>
    chosen.every((select) => FILTERS[select.dataset.filter](email, select.value)) &&
    words.every((word) => email.haystack.includes(word)));
}

function wordsIn(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function filterBy(wanted, words = "") {
  for (const select of document.querySelectorAll("[data-filter]")) select.value = wanted[select.dataset.filter] ?? "";
  element("search").value = words;
}

function find() {
  state.found = searched();
  const chosen = chosenFilters().length;
  element("found").textContent = numbered(state.found.length, "email");
  element("filters-on").textContent = chosen ? `(${chosen})` : "";
  element("clear-filters").disabled = chosen === 0;
  element("export").disabled = state.found.length === 0;
  const position = selected >= 0 ? state.found.indexOf(emails[selected]) : -1;
  show(Math.max(position, 0), { redraw: true });
}
