/* The customer: what they have, what they think of it, and their reviews */

const VERDICTS = { POSITIVE: ["praised", "praised"], NEGATIVE: ["blamed", "criticised"] };
const OPINIONS = {
  liked: ["positive", "liked it"], disliked: ["negative", "let down"], undecided: ["neutral", "undecided"],
  unknown: ["neutral", "opinion unknown"],
};

function drawCustomer(email, { known, reviews }) {
  const praised = mentions("praised", known.praised);
  const blamed = mentions("blamed", known.blamed);
  return [
    section("Customer", facts([["Name", email.name], ["Address", email.address], ["Id", email.id], ["Taste", taste(email, known)]])),
    ...(known.delivery ? [section("Delivery", ...deliveryFacts(known.delivery))] : []),
    ...(praised.length + blamed.length ? [section("What their reviews say", ...praised, ...blamed)] : []),
    section(known.owned ? `Has ${numbered(known.owned.length, "product")}` : "Has nothing of the catalogue", ownList(known.owned ?? [])),
    section(reviewsTitle(reviews.length), listOf(reviews.map(reviewItem))),
  ];
}

function deliveryFacts({ outcome, reason = "", at = "", transport = "", provider_id: providerId = "", bounced = "", arrived = "" }) {
  const told = facts([
    ["Outcome", spaced(outcome)], ["Reason", spaced(reason)], ["At", at], ["By", transport], ["Accepted as", providerId], ["Then", bounced],
  ]);
  if (!arrived) return [told];
  const link = node("a", "", "The message as it arrived");
  link.href = arrived;
  link.target = "_blank";
  link.rel = "noopener";
  return [told, node("p", "", link)];
}

function taste(email, { owned = [] }) {
  if (email.unhappy) return "only bad experiences";
  if (owned.some(({ verdict }) => verdict === "liked")) return "known";
  return owned.length ? "owns things, opinion unknown" : "nothing known";
}

function mentions(verdict, aspects = []) {
  if (!aspects.length) return [];
  const word = verdict === "praised" ? "Praise " : "Criticise ";
  return [node("p", "verdict", word, ...aspects.map(({ aspect, product }) => {
    const chip = aspectChip(aspect, verdict);
    chip.title = product;
    chip.append(node("span", "hidden", ` of ${product}`));
    return chip;
  }))];
}

function ownList(owned) {
  return listOf(owned.map(({ name, category, verdict }) => {
    const [label, word] = OPINIONS[verdict];
    return node("li", "own", badge(word, "label", label), node("span", "name", name), node("small", "", category ?? ""));
  }));
}

function listOf(items) {
  return node("ol", "", ...items);
}

function reviewsTitle(count) {
  if (count === 0) return "No reviews";
  return count === 1 ? "Their review" : `Their ${number(count)} reviews`;
}

function reviewItem(review) {
  const text = node("p", "words", ...(review.pieces ?? []).map(piece));
  if (review.language) text.lang = review.language;
  const about = node("p", "about", review.product);
  about.title = review.product;
  return node("li", "review", labelLine(review), about, text, ...aspectLines(review));
}

function labelLine(review) {
  const name = review.label?.toLowerCase();
  const line = node("p", "label", badge(name ?? "not scored", "label", name ?? ""));
  line.append(node("small", "", name ? scores(review) : review.error ?? (review.pieces ? "" : "no words")));
  return line;
}

function scores(review) {
  const shown = data.labels.map((label) => `${label} ${Math.round((review.scores?.[label] ?? 0) * 100)}%`);
  return shown.join(" · ");
}

function piece({ text, aspect, sentiment }) {
  if (!sentiment) return document.createTextNode(text);
  const [verdict, word] = VERDICTS[sentiment];
  const mark = node("mark", "", text);
  mark.dataset.verdict = verdict;
  mark.title = `${aspect}: ${word}`;
  mark.append(node("span", "hidden", ` (${word})`));
  return mark;
}

function aspectLines(review) {
  const lines = [["praised", "Praises ", review.praised], ["blamed", "Criticises ", review.blamed]];
  return lines.filter(([, , aspects]) => aspects).map(([verdict, word, aspects]) =>
    node("p", "verdict", word, ...aspects.map((aspect) => aspectChip(aspect, verdict))));
}

function aspectChip(name, verdict, counts = "", tag = "span") {
  const chip = node(tag, "aspect", name);
  chip.dataset.verdict = verdict;
  if (counts) chip.append(" ", node("small", "", counts));
  return chip;
}
