/* Files that the page makes: an email as stored, the list as a table. Links to files on disk do not download. */

const STARTS_FORMULA = /^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/; // full-width signs work too
const COLUMNS = [
  ["customer_id", ({ id }) => id], ["name", ({ name }) => name], ["address", ({ address }) => address],
  ["subject", ({ subject }) => subject], ["preheader", ({ preheader }) => preheader], ["copy", ({ copy }) => copy],
  ["template_fields", ({ template }) => template.join(" ")], ["refused_fields", ({ refused }) => refused.join(" ")],
  ["only_bad_experiences", ({ unhappy }) => unhappy ? "yes" : "no"],
  ["delivery", ({ delivery }) => delivery?.outcome], ["delivery_reason", ({ delivery }) => delivery?.reason],
  ["bounced", ({ delivery }) => delivery?.bounced],
  ["same_body", (email) => shared.body.get(email.body)], ["same_list", (email) => shared.list.get(email.picked)],
];
const PICK_COLUMNS = [
  ["id", ({ product }) => product?.id], ["name", ({ product }) => product?.name],
  ["seller_claims", ({ product }) => product?.claims], ["reason", ({ reason }) => reason && reasonLine(reason)],
];

function save(name, type, ...content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(content, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser reads it after the click
}

async function downloadEmail() {
  const email = emails[selected];
  const { source, known } = await bodyOf(email);
  // A byte beyond ASCII came as the character U+DC80 to U+DCFF (Python's surrogateescape).
  const bytes = Uint8Array.from(source, (letter) => letter.charCodeAt(0) & 0xff);
  save(known.file, "message/rfc822", bytes);
}

function exportList() {
  save(`${data.run.run_id ?? "emails"}.csv`, "text/csv", "\ufeff", csv(state.found)); // with it, Excel reads UTF-8
}

function csv(listed) {
  const picks = Math.max(0, ...listed.map(({ products }) => products.length));
  const places = Array.from({ length: picks }, (_, place) => place);
  const names = [...COLUMNS.map(([name]) => name), ...places.flatMap((place) => PICK_COLUMNS.map(([name]) => `pick_${place + 1}_${name}`))];
  const rows = listed.map((email) => [
    ...COLUMNS.map(([, value]) => value(email)),
    ...places.flatMap((place) => PICK_COLUMNS.map(([, value]) => value({ product: email.products[place], reason: email.reasons[place] }))),
  ]);
  return [names, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

// A spreadsheet runs a cell that starts like a formula: an apostrophe makes it text.
function cell(value) {
  const text = String(value ?? "");
  const safe = STARTS_FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
