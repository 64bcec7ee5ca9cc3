/* What changed for each customer between two runs */

const CHANGES_SHOWN = 40;

function changesBetween(before, now) {
  const former = new Map(before.map((email) => [email.id, email]));
  const present = new Set(now.map(({ id }) => id));
  return [
    ...now.map((email) => change(former.get(email.id), email)).filter(({ kinds }) => kinds.length),
    ...before.filter(({ id }) => !present.has(id)).map((email) => change(email, undefined)),
  ];
}

function change(before, now) {
  const { id, name } = now ?? before;
  if (!before || !now) return { id, name, before, now, kinds: [now ? "new" : "gone"] };
  const [ids, formerIds] = [now, before].map(({ products }) => new Set(products.map((each) => each.id)));
  const added = now.products.filter((each) => !formerIds.has(each.id));
  const removed = before.products.filter((each) => !ids.has(each.id));
  const kinds = [];
  if (added.length || removed.length) kinds.push("picks");
  if (before.subject !== now.subject) kinds.push("subject");
  if (before.copy !== now.copy) kinds.push("copy");
  if (before.unhappy !== now.unhappy) kinds.push("taste");
  return { id, name, before, now, kinds, added, removed };
}

function findChanges() {
  const wanted = element("change-kind").value;
  const words = wordsIn(element("change-search").value);
  comparison.found = comparison.changes.filter((each) =>
    (!wanted || each.kinds.includes(wanted)) && words.every((word) => `${each.id}\n${each.name}`.toLowerCase().includes(word)));
  comparison.shown = 0;
  element("changes-found").textContent = `${numbered(comparison.found.length, "customer")} with a change, of ${number(emails.length)} in this run`;
  element("change-list").replaceChildren();
  showMoreChanges();
}

function showMoreChanges() {
  const next = comparison.found.slice(comparison.shown, comparison.shown + CHANGES_SHOWN);
  element("change-list").append(...next.map(changeItem));
  comparison.shown += next.length;
  element("more-changes").hidden = comparison.shown >= comparison.found.length;
}

function changeItem({ id, name, before, now, kinds, added = [], removed = [] }) {
  const item = node("li", "change", node("p", "who", now ? openButton(now) : node("b", "", name || id), " ", node("code", "", id)));
  if (!before) item.append(node("p", "", "has an email only in this run"));
  if (!now) item.append(node("p", "", "has an email only in the other run"));
  if (kinds.includes("subject")) item.append(beforeAndNow("Subject", before.subject, now.subject));
  if (kinds.includes("copy")) item.append(beforeAndNow("Copy", COPY[before.copy], COPY[now.copy]));
  if (kinds.includes("taste")) item.append(beforeAndNow("Only bad experiences", before.unhappy ? "yes" : "no", now.unhappy ? "yes" : "no"));
  if (kinds.includes("picks")) item.append(node("ul", "swaps", ...removed.map(swap("del", "no longer: ")), ...added.map(swap("ins", "new: "))));
  return item;
}

function openButton(email) {
  const button = node("button", "link", email.name || email.id);
  button.type = "button";
  button.addEventListener("click", () => navigate("emails", email.id));
  return button;
}

function beforeAndNow(label, before, now) {
  return node("p", "", `${label}: `, node("del", "", before), node("span", "hidden", " became "), " ", node("ins", "", now));
}

function swap(tag, word) {
  return ({ name }) => node("li", "", node("span", "hidden", word), node(tag, "", name));
}
