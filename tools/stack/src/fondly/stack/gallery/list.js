/* The list of emails */

const PAGE_SIZE = 50;
const COPY = { ai: "AI copy", mixed: "mixed copy", template: "template copy" };

const state = { found: [], position: -1, page: 0, view: "html", width: "desktop", beside: "" };

function badge(text, kind, value, title = "") {
  const made = node("span", "badge", text);
  made.dataset[kind] = value;
  made.title = title;
  return made;
}

function copyBadge({ copy }) {
  return badge(COPY[copy], "copy", copy);
}

function tasteBadges(email) {
  if (email.unhappy) return [badge("unhappy", "label", "negative", "has only bad experiences")];
  const label = ["negative", "mixed"].find((each) => email.labels.includes(each));
  return label ? [badge(label, "label", label, `has a ${label} review`)] : [];
}

const ENDINGS = {
  sent: "positive", suppressed: "neutral", waiting: "neutral", sending: "mixed", "in doubt": "mixed", refused: "negative",
};

function deliveryBadges({ delivery }) {
  if (!delivery) return [];
  const { outcome, reason, bounced } = delivery;
  if (bounced) return [badge(bounced === "complaint" ? "complaint" : "bounced", "label", "negative", `${outcome}, then: ${bounced}`)];
  return [badge(outcome, "label", ENDINGS[outcome] ?? "neutral", reason || outcome)];
}

function isDelivered({ delivery }) {
  return delivery?.outcome === "sent" && !delivery.bounced;
}

function listItem(email, position) {
  const button = node("button", "email");
  button.type = "button";
  const who = node("span", "who", node("b", "", email.name || email.id), ...tasteBadges(email));
  if (email.copy !== "ai") who.append(copyBadge(email));
  if (!isDelivered(email)) who.append(...deliveryBadges(email));
  button.append(who, node("span", "line", email.subject), node("span", "more", email.preheader));
  button.addEventListener("click", () => openEmail(position));
  return node("li", "", button);
}

function drawList() {
  const start = state.page * PAGE_SIZE;
  const pages = Math.max(1, Math.ceil(state.found.length / PAGE_SIZE));
  element("emails").replaceChildren(
    ...state.found.slice(start, start + PAGE_SIZE).map((email, offset) => listItem(email, start + offset)));
  element("emails").scrollTop = 0;
  element("page").textContent = `Page ${number(state.page + 1)} of ${number(pages)}`;
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
