"use strict";

const PAGE_SIZE = 50;

const element = (id) => document.getElementById(id);
const data = JSON.parse(element("data").textContent);
const emails = data.emails.map(([id, name, subject, preheader, products, reasons, templateCopy, labels], index) => ({
  index, id, name, subject, preheader, templateCopy: Boolean(templateCopy),
  products: products.map((number) => data.products[number]),
  reasons: reasons.map((number) => data.reasons[number]),
  labels: data.labels.filter((_, bit) => labels & (1 << bit)),
}));
for (const email of emails) {
  email.haystack = [email.id, email.name, email.subject, email.preheader, ...email.products].join("\n").toLowerCase();
}

const state = { found: emails, position: -1, page: 0, view: "html" };

/* The list of emails */

function find() {
  const words = element("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const copy = element("copy").value;
  const labels = element("labels").value;
  state.found = emails.filter((email) =>
    (copy === "all" || email.templateCopy === (copy === "template")) && hasLabels(email, labels) &&
    words.every((word) => email.haystack.includes(word)));
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
  who.append(node("b", "", email.name || email.id), ...unhappyBadge(email));
  if (email.templateCopy) {
    const badge = node("span", "badge", "template copy");
    badge.dataset.copy = "template";
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
