"use strict";
/* A list of emails and a reader for one; the address after # is the number of the email that is open. */

const PER_PAGE = 50;
const FILES_KEPT = 12;
const STANDS_OUT = /^(copy:(?!ai$)|customer:|delivery:(?!sent$))/; // what the list says of an email
const narrow = matchMedia("(max-width: 760px)"); // the list and the reader take turns
const element = (id) => document.getElementById(id);
const kept = new Map();
const waiting = new Map();
let data, emails = [], found = [], current, page = 0;
let view = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

function node(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/* Packed files, loaded when they are needed: from disk, a page may load scripts only */

function contents(name) {
  const loaded = kept.get(name) ?? load(name);
  kept.delete(name);
  kept.set(name, loaded); // the most recently used comes last
  if (kept.size > FILES_KEPT) kept.delete(kept.keys().next().value);
  return loaded;
}

function load(name) {
  const script = document.createElement("script");
  const loaded = new Promise((resolve, reject) => {
    waiting.set(script, resolve);
    // A file that loads without calling `receive` is not a gallery file.
    script.onerror = script.onload = () => reject(new Error(`${script.src} does not contain it`));
    script.src = `gallery/${name}.js`;
    document.head.append(script);
  });
  loaded.catch(() => kept.delete(name)); // so that the next attempt loads it again
  return loaded.then(unpack).finally(() => { waiting.delete(script); script.remove(); });
}

function receive(_, packed) { // called by the files
  waiting.get(document.currentScript)?.(packed);
}

async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}

/* The list */

function email([id, name, address, subject, preheader, products, facets], index) {
  const words = [id, name, address, subject, preheader, ...products.flatMap((each) => data.products[each])];
  return { index, title: name || id, subject, preheader, facets, haystack: words.join("\n").toLowerCase() };
}

function offerFilters() {
  const counts = data.facets.map(() => 0);
  for (const { facets } of emails) for (const each of facets) counts[each] += 1;
  const selects = new Map();
  const named = [...data.facets.entries()].sort(([, one], [, other]) => one.localeCompare(other, "en", { numeric: true }));
  for (const [number, facet] of named) {
    const [name, ...value] = facet.split(":");
    if (!selects.has(name)) selects.set(name, node("select", "", new Option("all", "")));
    selects.get(name).append(new Option(`${value.join(":")} (${counts[number].toLocaleString("en")})`, number));
  }
  element("filters").append(...[...selects].map(([name, select]) => node("label", "", name, select)));
}

function findEmails() {
  const words = element("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = [...document.querySelectorAll("#filters select")].filter(({ value }) => value).map(({ value }) => Number(value));
  found = emails.filter(({ facets, haystack }) =>
    wanted.every((each) => facets.includes(each)) && words.every((word) => haystack.includes(word)));
  element("found").textContent = `${found.length.toLocaleString("en")} of ${emails.length.toLocaleString("en")} emails`;
  drawList(0);
  if (current && found.length && !found.includes(current) && !narrow.matches) turnTo(found[0]);
  else arrive();
}

function drawList(wanted) {
  page = wanted;
  const start = page * PER_PAGE;
  element("emails").replaceChildren(...found.slice(start, start + PER_PAGE).map(listItem));
  element("emails").scrollTop = 0;
  element("page").textContent = `${found.length ? start + 1 : 0} to ${Math.min(start + PER_PAGE, found.length)}`;
  element("earlier").disabled = page === 0;
  element("later").disabled = start + PER_PAGE >= found.length;
  mark();
}

function listItem({ index, title, subject, preheader, facets }) {
  const marks = facets.map((each) => data.facets[each]).filter((each) => STANDS_OUT.test(each));
  const chips = marks.flatMap((each) => [" ", node("span", "chip", each.slice(each.indexOf(":") + 1))]);
  const link = node("a", "", node("small", "", title, ...chips), node("b", "", subject), node("small", "", preheader));
  link.href = `#${index + 1}`;
  return node("li", "", link);
}

function mark() {
  for (const link of element("emails").querySelectorAll("a")) {
    const isCurrent = link.hash === `#${current?.index + 1}`;
    link.setAttribute("aria-current", String(isCurrent));
    if (isCurrent) element("emails").scrollTop = link.offsetTop - element("emails").offsetTop - element("emails").clientHeight / 3;
  }
}

/* The reader */

function arrive() {
  const asked = emails[Number(location.hash.slice(1)) - 1];
  document.body.classList.toggle("open", Boolean(asked));
  const before = current;
  current = asked ?? (narrow.matches ? undefined : found[0]);
  element("reader").hidden = !current || !found.length;
  const at = found.indexOf(current);
  if (at >= 0 && Math.floor(at / PER_PAGE) !== page) drawList(Math.floor(at / PER_PAGE));
  mark();
  if (narrow.matches && current !== before) (asked ? element("reader") : element("emails").querySelector(`[href="#${before?.index + 1}"]`))?.focus();
  element("previous").disabled = at <= 0;
  element("next").disabled = at + 1 >= found.length;
  if (current) draw(current);
}

// Stepping through the list is one visit: Back leaves it.
function turnTo({ index }) {
  history.replaceState(null, "", `#${index + 1}`);
  arrive();
}

function choose(event) {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault(); // by itself it would take effect after the next key
  if (link.hash !== location.hash) history.pushState(null, "", link.hash);
  arrive();
}

function step(by) {
  const next = found[found.indexOf(current) + by];
  if (next) turnTo(next);
}

async function draw(wanted) {
  element("subject").textContent = wanted.subject;
  element("preheader").textContent = wanted.preheader;
  for (const each of document.querySelectorAll("[data-view]")) each.setAttribute("aria-pressed", String(each.dataset.view === view));
  try {
    const bodies = await contents(`bodies-${Math.floor(wanted.index / data.emailsPerFile)}`);
    const place = wanted.index % data.emailsPerFile;
    const shown = view === "plain" ? plain(bodies.text[place]) : frame(await illustrated(bodies.html[place]));
    if (wanted !== current) return; // the reader has moved on
    element("view").replaceChildren(shown);
    element("beside").innerHTML = bodies.beside[place]; // made by our own templates, which escape all that emails say
    element("file").href = `emails/${encodeURIComponent(bodies.file[place])}`;
  } catch (error) {
    element("view").replaceChildren(node("p", "notices bad", `This email cannot be shown: ${error.message}.`));
  }
}

function plain(text) {
  const made = node("pre", "email", text);
  made.tabIndex = 0; // it scrolls
  return made;
}

// What an email says of dark mode asks for the reader's setting; here that is the button's.
function frame(html) {
  const made = node("iframe", `email ${view}`);
  const scheme = view === "dark" ? "dark" : "light";
  made.title = "The email";
  made.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox"); // links open in a tab of their own
  made.setAttribute("referrerpolicy", "no-referrer");
  made.srcdoc = html
    .replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi, (_, asked) =>
      asked.toLowerCase() === scheme ? "(min-width: 0)" : "(max-width: 0)")
    .replace(/(<meta\b[^>]*\bname="color-scheme"[^>]*\bcontent=")[^"]*"/gi, (_, before) => `${before}${scheme}"`)
    .replace(/<head\b[^>]*>/i, (head) => head + '<base target="_blank">');
  return made;
}

// The sample's pictures are served only while a local stack runs, so the gallery has copies of its own.
async function illustrated(html) {
  const pictures = /(<img\b[^>]*\ssrc=")(http:\/\/localhost:8026\/pictures\/[\w-]+\.png)"/g;
  if (html.search(pictures) < 0) return html;
  const copies = await contents("pictures").catch(() => ({}));
  return html.replace(pictures, (image, before, url) => url in copies ? `${before}${copies[url]}"` : image);
}

async function showPrompt({ target }) {
  const place = target.open && target.querySelector("[data-prompt]");
  if (!place) return;
  const number = Number(place.dataset.prompt);
  const prompts = await contents(`prompts-${Math.floor(number / data.promptsPerFile)}`).catch(() => []);
  place.innerHTML = prompts[number % data.promptsPerFile] ?? "Its file is missing.";
}

// A click inside the frame takes the focus there, where no key arrives: give it back, but to whoever tabs into it.
let lastPressed = "";
addEventListener("keydown", ({ key }) => { lastPressed = key; }, { capture: true });
addEventListener("pointermove", () => { lastPressed = ""; }, { capture: true });
addEventListener("blur", () => {
  setTimeout(() => { // the browser is still moving the focus
    if (document.activeElement?.tagName === "IFRAME" && lastPressed !== "Tab") element("reader").focus({ preventScroll: true });
  });
});

async function start() {
  try {
    data = await contents("list");
  } catch (error) {
    element("found").textContent = `The emails cannot be listed: ${error.message}.`;
    return;
  }
  emails = data.emails.map(email);
  offerFilters();
  findEmails();
  element("search").addEventListener("input", findEmails);
  element("filters").addEventListener("change", findEmails);
  element("emails").addEventListener("click", choose);
  element("earlier").addEventListener("click", () => drawList(page - 1));
  element("later").addEventListener("click", () => drawList(page + 1));
  element("previous").addEventListener("click", () => step(-1));
  element("next").addEventListener("click", () => step(1));
  element("beside").addEventListener("toggle", showPrompt, { capture: true });
  for (const each of document.querySelectorAll("[data-view]")) each.addEventListener("click", () => { view = each.dataset.view; draw(current); });
  addEventListener("hashchange", arrive);
  document.body.dataset.ready = "";
}

start();
