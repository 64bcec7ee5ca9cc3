/* The run in figures */

const GROUPS = [[1, 1, "nobody else"], [2, 5, "2–5 customers"], [6, 20, "6–20 customers"], [21, 100, "21–100 customers"], [101, Infinity, "more than 100"]];
const TOP = 8;
const DECILES = [0.01, 0.05, 0.1, 0.25, 0.5];

function openFigures() {
  if (element("figures").children.length) return;
  element("figures").append(
    node("h2", "", "The run in figures"), tiles(measures(emails, data)),
    node("h2", "", "How alike the emails are"), node("div", "charts", ...distinctness()),
    node("h2", "", "What was picked, and why"), node("div", "charts", ...coverage(), reasons()),
    node("h2", "", "Where the copy comes from"), node("div", "charts", ...copyCharts()),
    node("h2", "", "Cost and opinions"), node("div", "charts", cost(), aspects()));
}

// The figures that two runs are compared by: name, value, how it is written.
function measures(listed, { run, prompts }) {
  const counted = (test) => listed.filter(test).length;
  const most = (value) => Math.max(0, ...sharing(listed, value).values());
  const picked = new Set(listed.flatMap(({ products }) => products.map(({ id }) => id))).size;
  const part = (value) => `${number(value)} (${share(value, listed.length)})`;
  const costs = run.cost_usd?.total;
  return [
    ["emails", listed.length, number],
    ["distinct bodies", sharing(listed, SHARED.body).size, part],
    ["most customers with one body", most(SHARED.body), part],
    ["distinct subjects", sharing(listed, SHARED.subject).size, part],
    ["most customers with one subject", most(SHARED.subject), part],
    ["distinct lists of products", sharing(listed, SHARED.list).size, part],
    ["products picked", picked, run.products ? (value) => `${number(value)} (${share(value, run.products)} of ${number(run.products)})` : number],
    ["all fields by the model", counted(({ copy }) => copy === "ai"), part],
    ["some template copy", counted(({ copy }) => copy === "mixed"), part],
    ["all template copy", counted(({ copy }) => copy === "template"), part],
    ["emails with a refused wording", counted(({ refused }) => refused.length), part],
    ["customers with only bad experiences", counted(({ unhappy }) => unhappy), part],
    ["emails with seller claims in names", counted(({ products }) => products.some(({ claims }) => claims)), part],
    ["prompts paid", prompts.paid, number],
    ...(costs === undefined ? [] : [
      ["cost at list prices", costs, usd],
      ["cost of 1,000 emails", listed.length ? 1000 * costs / listed.length : 0, usd],
    ]),
  ];
}

function tiles(measured) {
  return node("dl", "tiles", ...measured.map(([name, value, written]) =>
    node("div", "", node("dt", "", name), node("dd", "", written(value)))));
}

function distinctness() {
  return Object.entries({ body: "Body", subject: "Subject", list: "List of products" }).map(([name, title]) => {
    const counts = sharing(emails, SHARED[name]);
    const rows = GROUPS.map(([least, greatest, label]) => {
      const many = emails.filter((email) => within(counts.get(SHARED[name](email)), least, greatest)).length;
      return { label, parts: [[many, "main"]], shown: `${number(many)} (${share(many, emails.length)})` };
    });
    return chart(`${title}: shared with`, ["Shared with", "Emails"], rows, { note: SHARED_NOTES[name] });
  }).concat(chart("Most frequent subjects", ["Subject", "Emails"], topSubjects(), { wide: true }));
}

const SHARED_NOTES = {
  body: "Texts that differ only in the customer’s name, links and addresses count as one body.",
  subject: "", list: "The same products in the same order.",
};

function within(value, least, greatest) {
  return value >= least && value <= greatest;
}

function topOf(counts, limit = TOP) {
  return [...counts].sort(([, one], [, other]) => other - one).slice(0, limit);
}

function topSubjects() {
  return topOf(sharing(emails, SHARED.subject)).map(([subject, many]) =>
    ({ label: subject, parts: [[many, "main"]], shown: number(many), words: subject }));
}

function coverage() {
  const counts = new Map();
  for (const each of emails.flatMap(({ products }) => products)) counts.set(each, (counts.get(each) ?? 0) + 1);
  const byId = new Map();
  for (const [each, many] of counts) byId.set(each.id, { name: each.name, many: (byId.get(each.id)?.many ?? 0) + many });
  const ordered = [...byId.entries()].sort(([, one], [, other]) => other.many - one.many);
  const rows = ordered.slice(0, TOP).map(([id, { name, many }]) =>
    ({ label: name, parts: [[many, "main"]], shown: `${number(many)} (${share(many, emails.length)})`, words: id }));
  return [concentration(ordered.map(([, { many }]) => many)), chart("Most picked products", ["Product", "Emails"], rows)];
}

function concentration(picks) {
  const size = Math.max(data.run.products ?? 0, picks.length, 1);
  const all = picks.reduce((sum, many) => sum + many, 0) || 1;
  const cumulated = [];
  picks.reduce((sum, many, place) => (cumulated[place] = sum + many), 0);
  const at = (part) => (cumulated[Math.min(cumulated.length, Math.max(1, Math.round(part * size))) - 1] ?? 0) / all;
  const points = [[0, 0], ...cumulated.map((sum, place) => [(place + 1) / size, sum / all]).filter(thinned), [1, 1]];
  const rows = DECILES.map((part) => [`${100 * part}%`, share(at(part), 1)]);
  return curve("How the picks are spread", `${number(picks.length)} of ${number(size)} products were picked; the straight line would be all of them equally often.`, points, rows);
}

function thinned(_, place, all) {
  return all.length < 200 || place % Math.ceil(all.length / 200) === 0;
}

function reasons() {
  const counts = sharing(emails.flatMap((email) => email.reasons), ({ kind }) => kind);
  const all = [...counts.values()].reduce((sum, many) => sum + many, 0);
  return chart("Reasons", ["Reason", "Picks"], topOf(counts, Infinity).map(([kind, many]) =>
    ({ label: kind, parts: [[many, "main"]], shown: `${number(many)} (${share(many, all)})`, filter: { reason: kind } })));
}

function copyCharts() {
  const sources = Object.entries(COPY).map(([copy, label]) => [copy, label, emails.filter((email) => email.copy === copy).length]);
  const refused = topOf(sharing(emails.flatMap((email) => email.refused.map((field) => ({ field }))), ({ field }) => field), 12);
  return [
    chart("Copy", ["Copy", "Emails"], sources.map(([copy, label, many]) =>
      ({ label, parts: [[many, copy === "ai" ? "good" : copy === "mixed" ? "mixed" : "bad"]], shown: `${number(many)} (${share(many, emails.length)})`, filter: { copy } }))),
    chart("Fields with a refused wording", ["Field", "Emails"], refused.map(([field, many]) =>
      ({ label: field, parts: [[many, "bad"]], shown: number(many), filter: { refused: field } }))),
    chart("Most refused", ["Rule and words", "Wordings"], data.refusals.slice(0, 12).map(([field, rule, found, many]) =>
      ({ label: `${field}: ${rule}${found ? `, “${found}”` : ""}`, parts: [[many, "bad"]], shown: number(many) })), { wide: true }),
  ];
}

function cost() {
  const services = Object.entries(data.run.cost_usd ?? {}).filter(([name]) => name !== "total");
  const { distinct, frames, paid, input_tokens: sent, output_tokens: received, cache_read_tokens: cached } = data.prompts;
  const note = distinct
    ? `${number(distinct)} prompts (${number(frames)} for frames), ${number(paid)} paid: ${number(sent)} tokens in, ${number(cached)} of the cache, ${number(received)} out.`
    : "";
  return chart("Cost at AWS list prices", ["Service", "US dollars"], services.map(([name, amount]) =>
    ({ label: name, parts: [[amount, "main"]], shown: usd(amount) })), { note });
}

function aspects() {
  return chart("What customers praise and criticise", ["Aspect", "Praise, criticise, of mentions"],
    data.run.aspects.map(([name, praised, blamed, mentions]) => ({
      label: name, parts: [[praised, "good"], [blamed, "bad"]], shown: `${number(praised)}, ${number(blamed)} of ${number(mentions)}`,
    })), { note: "The part to the left praises, the part to the right criticises." });
}
