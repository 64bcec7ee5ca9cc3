/* How the copy came about: the prompts of the frame and of each product, with facts, answers, verdicts */

const HEADLINES = ["subject", "preheader"];
const FACTS = /<facts>([\s\S]*?)<\/facts>/;

async function drawCopy(email, { known, picks }) {
  const template = section(COPY[email.copy], facts([["Template copy", email.template.join(", ")]]));
  const numbers = known.prompts ?? [];
  if (numbers.every((each) => each < 0)) return [template, node("p", "note", "The run kept no prompt for this email.")];
  const prompts = await Promise.all(numbers.map(promptOf));
  const refused = prompts.flatMap((prompt, place) => verdictsOf(email, prompt, place));
  return [
    template,
    section(`Verdicts: ${numbered(refused.length, "wording")} refused`, verdictTable(refused)),
    section("Prompts", ...prompts.map((prompt, place) => promptDetails(numbers[place], prompt, titleOf(place, picks)))),
  ];
}

async function promptOf(number) {
  if (number < 0) return null;
  const prompts = await contents(`prompts-${Math.floor(number / data.promptsPerFile)}`);
  return prompts[number % data.promptsPerFile];
}

function titleOf(place, picks) {
  return place ? `Product ${place}: ${picks[place - 1]?.name ?? ""}` : "Frame";
}

function verdictsOf(email, prompt, place) {
  const found = prompt?.verdicts ?? [];
  return found.map((each) => ({ ...each, field: fieldOf(email, place, each.field) })).filter(({ field }) => field);
}

// The field of the email: a product is asked about without its place, and an apology has headlines of its own.
function fieldOf({ unhappy }, place, field) {
  if (place && field === "line") return `lines.${place}`;
  return place && unhappy && HEADLINES.includes(field) ? "" : field;
}

function promptDetails(asked, prompt, title) {
  const made = node("details", "prompt", node("summary", "", node("span", "", title), node("small", "", promptLine(asked, prompt))));
  if (prompt) made.append(...promptSections(prompt));
  return made;
}

function promptLine(asked, prompt) {
  if (!prompt) return "The run kept no prompt for it.";
  const refused = prompt.verdicts.length ? `, ${number(prompt.verdicts.length)} refused` : "";
  return `${numbered(data.promptEmails[asked], "email")}, ${data.promptsPaid[asked] === "1" ? "paid by a call of this run" : "the answer was kept"}${refused}`;
}

function promptSections(prompt) {
  const found = FACTS.exec(prompt.prompt);
  const isFactsOnly = found?.[0] === prompt.prompt.trim();
  return [
    ...prompt.answers.map((answer, place) => section(place ? `Answer ${place + 1}, after a repair` : "Answer", source(answer))),
    ...(found ? [section("Facts", source(found[1]))] : []),
    section("Model", facts(modelFacts(prompt))),
    ...(isFactsOnly ? [] : [section("Prompt", source(prompt.prompt))]),
  ];
}

function modelFacts(prompt) {
  return [
    ["Model", prompt.model_id], ["Prompt version", prompt.prompt_version],
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
