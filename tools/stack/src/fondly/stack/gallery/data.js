/* The list's data as records; `index.py` writes it */

const element = (id) => document.getElementById(id);

let data = null;
let emails = [];

// A block has the reasons of its emails; runs of earlier versions have one list of all.
function records(list) {
  const products = list.products.map(product);
  let index = 0;
  return (list.blocks ?? [list]).flatMap((block) => {
    const known = { ...list, products, reasons: block.reasons.map(reason) };
    return block.emails.map((row) => record(row, index++, known));
  });
}

function record([
  id, name, address, subject, preheader, products, reasons, source, labels, unhappy, template, refused, body, delivery,
], index, list) {
  return {
    index, id, name, address, subject, preheader, body,
    products: products.map((number) => list.products[number]),
    reasons: reasons.map((number) => list.reasons[number]),
    copy: list.sources[source],
    labels: list.labels.filter((_, bit) => labels & (1 << bit)),
    unhappy: Boolean(unhappy),
    template: template.map((number) => list.fields[number]),
    refused: refused.map((number) => list.fields[number]),
    picked: products.join(" "),
    delivery: delivery ? ending(list.deliveries[delivery - 1]) : null,
  };
}

function ending([outcome, reason, bounced]) {
  return { outcome: spaced(outcome), reason: spaced(reason), bounced };
}

function spaced(name) {
  return name.replaceAll("_", " ");
}

function product([id, name, claims]) {
  return { id, name, claims };
}

function reason([kind, evidence]) {
  return { kind, evidence };
}

function reasonLine({ kind, evidence }) {
  return evidence ? `${kind}: ${evidence}` : kind;
}

// How many emails share each value.
function sharing(listed, value) {
  const counts = new Map();
  for (const email of listed) counts.set(value(email), (counts.get(value(email)) ?? 0) + 1);
  return counts;
}

const SHARED = { body: (email) => email.body, subject: (email) => email.subject, list: (email) => email.picked };

/* Words and numbers */

function node(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

function number(value) {
  return value.toLocaleString("en");
}

function numbered(value, noun) {
  return `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
}

function share(part, whole) {
  return whole ? `${(100 * part / whole).toFixed(1)}%` : "0.0%";
}

function usd(amount) {
  return `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: amount < 0.01 ? 4 : 2 })}`;
}
