/* The picks: each with its reason, and what the reason rests on */

function drawPicks(email, { picks, reviews, known }) {
  const title = known.chosen_by ? `${numbered(picks.length, "pick")}, chosen by ${known.chosen_by}` : numbered(picks.length, "pick");
  return [section(title, listOf(picks.map((pick) => pickItem(pick, reviews))))];
}

function pickItem(pick, reviews) {
  const review = reviews.find(({ review_id: id }) => id && id === pick.review_id);
  const item = node("li", "pick",
    node("p", "name", pick.name),
    node("p", "about", [pick.category, pick.product_id].filter(Boolean).join(" · ")),
    node("p", "reason", node("b", "", pick.kind), pick.evidence ? `: ${pick.evidence}` : ""));
  if (pick.claims) item.append(node("p", "", badge(`seller claims: ${pick.claims.join(", ")}`, "copy", "template")));
  if (pick.praised) item.append(node("p", "verdict", "Buyers praise ", ...pick.praised.map((each) => aspectChip(each, "praised"))));
  if (review) item.append(evidenceOf(review));
  return item;
}

function evidenceOf(review) {
  const label = review.label?.toLowerCase() ?? "";
  return node("blockquote", "", badge(label || "not scored", "label", label), " ",
    node("span", "words", ...(review.pieces ?? []).map(piece)));
}
