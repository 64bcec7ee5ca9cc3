"use strict";

const PAGE_SIZE = 50;
const FILES_KEPT = 4;

const element = (id) => document.getElementById(id);
const data = JSON.parse(element("data").textContent);
const emails = data.emails.map(([id, name, subject, preheader, products, fallback], index) => ({
  index, id, name, subject, preheader, fallback: Boolean(fallback),
  products: products.map((number) => data.products[number]),
}));
for (const email of emails) {
  email.haystack = [email.id, email.name, email.subject, email.preheader, ...email.products].join("\n").toLowerCase();
}

const state = { found: emails, position: -1, page: 0, view: "html" };

/* The list */

function find() {
  const words = element("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const copy = element("copy").value;
  state.found = emails.filter((email) =>
    (copy === "all" || email.fallback === (copy === "fallback")) && words.every((word) => email.haystack.includes(word)));
  const shown = state.found.length.toLocaleString("en");
  element("found").textContent = shown + (state.found.length === 1 ? " email" : " emails");
  const current = emails[selected];
  const position = current ? state.found.indexOf(current) : -1;
  show(position >= 0 ? position : 0, { redraw: true });
}

function node(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function listItem(email, position) {
  const button = node("button", "email", "");
  button.type = "button";
  const who = node("span", "who", "");
  who.append(node("b", "", email.name || email.id));
  if (email.fallback) {
    const badge = node("span", "badge", "template");
    badge.dataset.copy = "fallback";
    who.append(badge);
  }
  button.append(who, node("span", "line", email.subject), node("span", "more", email.preheader));
  button.addEventListener("click", () => { show(position); openReader(); });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function drawList() {
  const start = state.page * PAGE_SIZE;
  const pages = Math.max(1, Math.ceil(state.found.length / PAGE_SIZE));
  element("emails").replaceChildren(
    ...state.found.slice(start, start + PAGE_SIZE).map((email, offset) => listItem(email, start + offset)));
  element("emails").scrollTop = 0;
  element("page").textContent = `Page ${(state.page + 1).toLocaleString("en")} of ${pages.toLocaleString("en")}`;
  element("previous-page").disabled = state.page === 0;
  element("next-page").disabled = state.page + 1 >= pages;
}

function turnPage(step) {
  state.page += step;
  drawList();
  mark();
}

function mark() {
  const buttons = element("emails").querySelectorAll("button");
  buttons.forEach((button, offset) => {
    const current = state.page * PAGE_SIZE + offset === state.position;
    button.setAttribute("aria-current", String(current));
    if (current) button.scrollIntoView({ block: "nearest" });
  });
}

function focusCurrent() {
  element("emails").querySelector("[aria-current=true]")?.focus();
}

/* One email */

let selected = -1;

function show(position, { redraw = false } = {}) {
  const email = state.found[position];
  const listHadFocus = element("emails").contains(document.activeElement);
  element("reader").hidden = !email;
  element("nothing").hidden = Boolean(email);
  state.position = email ? position : -1;
  const page = Math.floor(Math.max(position, 0) / PAGE_SIZE);
  if (page !== state.page || redraw) {
    state.page = page;
    drawList();
  }
  mark();
  if (listHadFocus) focusCurrent();
  if (!email) return;
  selected = email.index;
  history.replaceState(null, "", "#" + encodeURIComponent(email.id));
  element("name").textContent = email.name;
  element("customer").textContent = email.id;
  element("subject").textContent = email.subject;
  element("preheader").textContent = email.preheader;
  element("badge").textContent = email.fallback ? "plain template" : "AI copy";
  element("badge").dataset.copy = email.fallback ? "fallback" : "model";
  element("products").replaceChildren(...email.products.map((name) => {
    const item = node("li", "", name);
    item.title = name;
    return item;
  }));
  element("download").href = "emails/" + encodeURIComponent(email.id) + ".eml";
  element("previous").disabled = position === 0;
  element("next").disabled = position + 1 >= state.found.length;
  drawBody();
}

// On a narrow screen the list and the reader take turns.
function openReader() {
  document.body.classList.add("reading");
  if (!element("emails").offsetParent) element("reader").focus();
}

function closeReader() {
  document.body.classList.remove("reading");
  focusCurrent();
}

async function drawBody() {
  const wanted = selected;
  let shown;
  try {
    const bodies = await bodiesOf(Math.floor(wanted / data.emailsAFile));
    const body = bodies[state.view][wanted % data.emailsAFile];
    shown = state.view === "html" ? frame(body) : node("pre", "", body);
  } catch (error) {
    shown = node("p", "trouble", `This email cannot be shown: ${error.message}.`);
  }
  if (wanted !== selected) return; // the reader has moved on
  element("view").replaceChildren(shown);
  element("view").scrollTop = 0;
}

function frame(html) {
  const made = document.createElement("iframe");
  made.title = "Rendered email";
  // No scripts, no forms, no origin; links open in a tab of their own.
  made.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
  made.setAttribute("referrerpolicy", "no-referrer");
  made.srcdoc = illustrated(html).replace(/<head\b[^>]*>/i, (head) => head + '<base target="_blank">');
  return made;
}

/* The sample's pictures lie on a host that is reserved for examples (RFC 2606) and serves nothing: a tile is drawn. */

const RESERVED_PICTURE = /(<img\b[^>]*\ssrc=")https?:\/\/(?:[\w-]+\.)*example\.(?:com|net|org)\/([^"]*)"/gi;
const SYMBOLS = {
  cable: "🔌", power_bank: "🔋", earbuds: "🎧", smartwatch: "⌚", television: "📺", mouse: "🖱️",
  kettle: "🫖", mixer: "🥣", iron: "👔", bottle: "🥤", lamp: "💡", notebook: "📓",
};

function illustrated(html) {
  return html.replace(RESERVED_PICTURE, (_, before, path) => before + tile(path) + '"');
}

function tile(path) {
  const symbol = SYMBOLS[path.split("/")[0]] ?? "🛍️";
  const hue = [...path].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  return "data:image/svg+xml," + encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160"><rect width="160" height="160" rx="12" ` +
    `fill="hsl(${hue} 45% 91%)"/><text x="80" y="108" font-size="76" text-anchor="middle">${symbol}</text></svg>`);
}

/* Contents, a file at a time */

const files = new Map();
const waiting = new Map();

function bodiesOf(number) {
  const loaded = files.get(number) ?? load(number);
  files.delete(number);
  files.set(number, loaded); // the latest used stands last
  if (files.size > FILES_KEPT) files.delete(files.keys().next().value);
  return loaded;
}

function load(number) {
  const script = document.createElement("script");
  const loaded = new Promise((resolve, reject) => {
    waiting.set(number, resolve);
    // A file that loads without delivering is no gallery file.
    script.onerror = script.onload = () => reject(new Error(`${script.src} does not hold it`));
    script.src = `${data.folder}/bodies-${number}.js`;
    document.head.append(script);
  });
  loaded.catch(() => files.delete(number)); // so that the next look tries again
  return loaded.then(unpack).finally(() => { waiting.delete(number); script.remove(); });
}

function receiveBodies(number, packed) { // called by the files
  waiting.get(number)?.(packed);
}

async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

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
  const scrolling = arrows && event.target === element("view"); // its own arrows move the text
  if (!(event.key in KEYS) || typing || scrolling) return;
  event.preventDefault();
  KEYS[event.key]();
});

element("search").addEventListener("input", find);
element("search").form.addEventListener("submit", (event) => event.preventDefault());
element("copy").addEventListener("change", find);
element("previous-page").addEventListener("click", () => turnPage(-1));
element("next-page").addEventListener("click", () => turnPage(1));
element("previous").addEventListener("click", () => step(-1));
element("next").addEventListener("click", () => step(1));
element("back").addEventListener("click", closeReader);
element("theme").addEventListener("click", () => selectTheme(document.documentElement.dataset.theme !== "dark"));
for (const button of element("widths").children) button.addEventListener("click", () => selectWidth(button.dataset.width));

const tabs = [...document.querySelectorAll("[role=tab]")];
tabs.forEach((tab, place) => {
  tab.addEventListener("click", () => selectView(tab.dataset.view));
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = tabs[(place + by + tabs.length) % tabs.length];
    next.focus();
    selectView(next.dataset.view);
  });
});

selectTheme(matchMedia("(prefers-color-scheme: dark)").matches);
selectView("html");
const linked = emails.find((email) => "#" + encodeURIComponent(email.id) === location.hash);
if (linked) {
  selected = linked.index;
  document.body.classList.add("reading");
}
find();
