/* How the copy came about: facts, prompt, answers, verdicts */

const FACTS = /<facts>([\s\S]*?)<\/facts>/;

async function drawCopy(email, { known }) {
  const house = section(COPY[email.copy], facts([["House text", email.house.join(", ")]]));
  if (email.prompt < 0) {
    return [house, problemList(known.problems ?? []), node("p", "note", "The run kept no prompt for this email.")];
  }
  const prompts = await contents(`prompts-${Math.floor(email.prompt / data.promptsPerFile)}`);
  return [house, ...promptSections(email, prompts[email.prompt % data.promptsPerFile])];
}

function problemList(problems) {
  return node("ul", "problems", ...problems.map((problem) => node("li", "", problem)));
}

function promptSections(email, prompt) {
  const found = FACTS.exec(prompt.prompt);
  return [
    section("Model", facts(modelFacts(email, prompt))),
    section(`Verdicts: ${numbered(prompt.verdicts.length, "wording")} refused`, verdictTable(prompt.verdicts)),
    ...(found ? [section("Facts", source(found[1]))] : []),
    ...prompt.answers.map((answer, place) => section(place ? `Answer ${place + 1}, after a repair` : "Answer", source(answer))),
    section("Prompt", source(prompt.prompt)),
  ];
}

function modelFacts(email, prompt) {
  const sharing = emails.filter((each) => each.prompt === email.prompt).length;
  return [
    ["Model", prompt.model_id], ["Prompt version", prompt.prompt_version],
    ["Shared by", numbered(sharing, "email")], ["Paid", prompt.paid ? "in this run" : "no, the answer was known"],
    ["Tokens in", `${number(prompt.input_tokens)}, of the cache ${number(prompt.cache_read_tokens)} read and ${number(prompt.cache_write_tokens)} written`],
    ["Tokens out", number(prompt.output_tokens)],
    ["Asked", prompt.created_at], ["Key", prompt.prompt_key], ["System text", prompt.system_sha256],
  ];
}

function verdictTable(verdicts) {
  if (!verdicts.length) return node("p", "note", "Every wording passed.");
  const rows = verdicts.map(({ field, rule, found, text }) =>
    node("tr", "", rowHead(field), node("td", "", rule), node("td", "", node("b", "", found)), node("td", "", text)));
  return table("Refused wordings", ["Field", "Rule", "Found", "Wording"], rows);
}

function source(text) {
  const shown = node("pre", "", indented(text));
  shown.tabIndex = 0; // it scrolls
  return shown;
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text.trim();
  }
}

/* Tables */

function table(caption, columns, rows) {
  const head = node("tr", "", ...columns.map((column) => {
    const cell = node("th", "", column);
    cell.scope = "col";
    return cell;
  }));
  const made = node("table", "", node("caption", "hidden", caption), node("thead", "", head), node("tbody", "", ...rows));
  const scrolling = node("div", "scrolling", made);
  scrolling.tabIndex = 0;
  scrolling.setAttribute("role", "group");
  scrolling.setAttribute("aria-label", caption);
  return scrolling;
}

function rowHead(...content) {
  const cell = node("th", "", ...content);
  cell.scope = "row";
  return cell;
}
