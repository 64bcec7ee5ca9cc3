/* The customer's reviews, beside their email */

const besides = matchMedia("(min-width: 1181px)"); // narrower, the reviews cover the email
const VERDICTS = { POSITIVE: ["praised", "praised"], NEGATIVE: ["blamed", "criticised"] };

function drawReviews(reviews) {
  const list = document.createElement("ol");
  list.append(...reviews.map(reviewItem));
  element("reviews").replaceChildren(node("h3", "", reviewsTitle(reviews.length)), list);
  element("reviews").scrollTop = 0;
  element("show-reviews").textContent = `Reviews (${reviews.length.toLocaleString("en")})`;
}

function reviewsTitle(number) {
  if (number === 0) return "This customer has no reviews";
  return number === 1 ? "This customer’s review" : `This customer’s ${number.toLocaleString("en")} reviews`;
}

function reviewItem(review) {
  const item = node("li", "review", "");
  const text = node("p", "words", "");
  if (review.language) text.lang = review.language;
  text.append(...(review.pieces ?? []).map(piece));
  const about = node("p", "about", review.product);
  about.title = review.product;
  item.append(labelLine(review), about, text, ...aspectLines(review));
  return item;
}

function labelLine(review) {
  const line = node("p", "label", "");
  const name = review.label?.toLowerCase();
  const badge = node("b", "badge", name ?? "not scored");
  badge.dataset.label = name ?? "";
  line.append(badge, node("small", "", name ? scores(review) : review.error ?? (review.pieces ? "" : "no words")));
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
  const lines = [["praised", "Praises", review.praised], ["blamed", "Criticises", review.blamed]];
  return lines.filter(([, , aspects]) => aspects).map(([verdict, word, aspects]) => {
    const line = node("p", "verdict", `${word} `);
    line.append(...aspects.map((aspect) => aspectChip(aspect, verdict)));
    return line;
  });
}

function aspectChip(name, verdict, counts = "", tag = "span") {
  const chip = node(tag, "aspect", name);
  chip.dataset.verdict = verdict;
  if (counts) chip.append(" ", node("small", "", counts));
  return chip;
}

/* Which customers have reviews of which labels */

function hasLabels(email, wanted) {
  if (wanted === "all") return true;
  if (wanted === "") return email.labels.length === 0;
  return wanted.split(" ").some((label) => email.labels.includes(label));
}

function unhappyBadge(email) {
  const label = ["negative", "mixed"].find((each) => email.labels.includes(each));
  if (!label) return [];
  const badge = node("span", "badge", label);
  badge.dataset.label = label;
  badge.title = `has a ${label} review`;
  return [badge];
}

function showReviews(shown) {
  element("reviews").hidden = !shown;
  element("reader").classList.toggle("with-reviews", shown);
  element("show-reviews").setAttribute("aria-pressed", String(shown));
}
