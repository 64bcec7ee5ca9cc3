/* Charts: every figure that is drawn stands in a table too */

const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// A row's bar, as long as the row's part of the longest; the cell after it has the figure.
function bar(parts) {
  const bars = [];
  let start = 0;
  for (const [part, tone] of parts) {
    bars.push(drawn("rect", { x: `${100 * start}%`, width: `${100 * part}%`, height: "100%", "data-tone": tone }));
    start += part;
  }
  return node("td", "bar-cell", drawn("svg", { class: "bar-chart", "aria-hidden": "true" }, ...bars));
}

// Rows are { label, parts: [[value, tone]], shown, filter }: a row with a filter opens the list of its emails.
function chart(title, heading, rows, { note = "", wide = false } = {}) {
  const longest = Math.max(1e-9, ...rows.map(({ parts }) => parts.reduce((sum, [value]) => sum + value, 0)));
  const lines = rows.map(({ label, parts, shown, filter, words }) => node("tr", "",
    rowHead(filter || words ? listButton(label, filter ?? {}, words) : node("span", "", label)),
    bar(parts.map(([value, tone]) => [value / longest, tone])),
    node("td", "figure", shown)));
  const made = node("figure", wide ? "chart wide" : "chart", node("figcaption", "", title));
  if (note) made.append(node("p", "note", note));
  made.append(rows.length ? chartTable(title, heading, lines) : node("p", "note", "There is nothing to show."));
  return made;
}

function chartTable(title, [first, last], lines) {
  const heads = [first, "", last].map((text) => {
    const head = node(text ? "th" : "td", "", text);
    if (text) head.scope = "col";
    return head;
  });
  return node("table", "", node("caption", "hidden", title), node("thead", "", node("tr", "", ...heads)), node("tbody", "", ...lines));
}

function listButton(label, filter, words = "") {
  const button = node("button", "link", label);
  button.type = "button";
  button.title = label;
  button.addEventListener("click", () => {
    filterBy(filter, words);
    find();
    navigate("emails", narrow.matches ? "" : emails[selected]?.id);
  });
  return button;
}

// How unequally the picks fall on the products: the share of all picks that the most picked have.
function curve(title, note, points, rows) {
  const line = points.map(([x, y]) => `${(100 * x).toFixed(2)},${(60 - 60 * y).toFixed(2)}`).join(" ");
  const picture = drawn("svg", { viewBox: "-1 -1 102 62", class: "curve", "aria-hidden": "true" },
    drawn("path", { d: "M0 0V60H100", class: "axes" }), drawn("path", { d: "M0 60L100 0", class: "equal" }),
    drawn("polyline", { points: line }));
  const lines = rows.map(([label, shown]) => node("tr", "", rowHead(label), node("td", "", ""), node("td", "figure", shown)));
  return node("figure", "chart", node("figcaption", "", title), node("p", "note", note), picture,
    chartTable(title, ["Most picked products", "Share of the picks"], lines));
}
