/* Compare with another run: choosing one */

const comparison = { other: null, changes: [], found: [], shown: 0 };

async function openComparison(folder) {
  await offerRuns();
  if (!folder || comparison.folder === folder) return;
  element("other-run").value = folder;
  try {
    compareWith(await contents("list", `../${encodeURIComponent(folder)}/${FOLDER}`), folder);
  } catch (error) {
    comparisonFailed(error);
  }
}

async function offerRuns() {
  const select = element("other-run");
  if (select.options.length > 1) return;
  let runs = [];
  try {
    runs = await contents("runs", "..");
  } catch {
    // This folder was copied without those beside it.
  }
  const others = runs.filter(({ folder }) => folder !== data.run.run_id);
  select.append(...others.map(({ folder, written, emails: many }) => {
    const known = [folder, new Date(1000 * written).toLocaleString("en"), many === null ? "" : numbered(many, "email")];
    return new Option(known.filter(Boolean).join(", "), folder);
  }));
  element("no-runs").hidden = others.length > 0;
}

async function compareWithFile([file]) {
  if (!file) return;
  try {
    compareWith(await contentsOf(file), "");
  } catch (error) {
    comparisonFailed(error);
  }
}

function comparisonFailed(error) {
  element("comparison").hidden = true;
  element("changes-found").textContent = `The other run cannot be read: ${error.message}.`;
}

function compareWith(list, folder) {
  const listed = records(list);
  Object.assign(comparison, { folder, other: listed, changes: changesBetween(listed, emails) });
  element("comparison").hidden = false;
  element("measures").replaceChildren(measureTable(measures(listed, list), measures(emails, data), list.run.run_id ?? "the other"));
  findChanges();
}

function measureTable(before, now, name) {
  const known = new Map(before.map(([label, value, written]) => [label, [value, written]]));
  const rows = now.map(([label, value, written]) => {
    const [former, writtenThere] = known.get(label) ?? [undefined, written];
    return node("tr", "", rowHead(label), node("td", "figure", former === undefined ? "unknown" : writtenThere(former)),
      node("td", "figure", written(value)), node("td", "figure", former === undefined ? "" : difference(value - former, written)));
  });
  return table("Both runs in figures", ["Figure", name, data.run.run_id ?? "this run", "Change"], rows);
}

function difference(value, written) {
  const amount = Math.abs(value);
  if (amount < 1e-9) return "same";
  return `${value > 0 ? "+" : "−"}${written === usd ? usd(amount) : number(amount)}`;
}
