/* The reader: one email */

let selected = -1;

function show(position, { redraw = false } = {}) {
  const email = state.found[position];
  const listHadFocus = element("emails").contains(document.activeElement);
  element("reader").hidden = !email;
  element("nothing").hidden = Boolean(email);
  state.position = email ? position : -1;
  const page = Math.floor(Math.max(position, 0) / PAGE_SIZE);
  if (page !== state.page || redraw) {
    state.page = page;
    drawList();
  }
  mark();
  if (listHadFocus) focusCurrent();
  if (!email) return;
  selected = email.index;
  history.replaceState(null, "", "#" + encodeURIComponent(email.id));
  element("name").textContent = email.name;
  element("customer").textContent = email.id;
  element("subject").textContent = email.subject;
  element("preheader").textContent = email.preheader;
  element("badge").textContent = email.templateCopy ? "template copy" : "AI copy";
  element("badge").dataset.copy = email.templateCopy ? "template" : "ai";
  element("products").replaceChildren(...email.products.map((name, place) => {
    const item = node("li", "", name);
    item.append(node("span", "reason", email.reasons[place]));
    item.title = `${name}\n${email.reasons[place]}`;
    return item;
  }));
  element("download").href = "emails/" + encodeURIComponent(email.id) + ".eml";
  element("previous").disabled = position === 0;
  element("next").disabled = position + 1 >= state.found.length;
  drawBody();
}

// On a narrow screen the list and the reader take turns.
function openReader() {
  document.body.classList.add("reading");
  if (!element("emails").offsetParent) element("reader").focus();
}

function closeReader() {
  document.body.classList.remove("reading");
  focusCurrent();
}

async function drawBody() {
  const wanted = selected;
  const place = wanted % data.emailsPerFile;
  let shown, reviews = [];
  try {
    const bodies = await bodiesOf(Math.floor(wanted / data.emailsPerFile));
    const body = bodies[state.view][place];
    shown = state.view === "html" ? frame(body) : node("pre", "", body);
    reviews = bodies.reviews[place];
  } catch (error) {
    shown = node("p", "trouble", `This email cannot be shown: ${error.message}.`);
  }
  if (wanted !== selected) return; // the reader has moved on
  drawReviews(reviews);
  element("view").replaceChildren(shown);
  element("view").scrollTop = 0;
}

function frame(html) {
  const made = document.createElement("iframe");
  made.title = "Rendered email";
  // No scripts, no forms, no origin; links open in a tab of their own.
  made.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
  made.setAttribute("referrerpolicy", "no-referrer");
  made.srcdoc = illustrated(html).replace(/<head\b[^>]*>/i, (head) => head + '<base target="_blank">');
  return made;
}

/* The sample's pictures are on a host reserved for examples (RFC 2606), which serves nothing: draw a tile instead. */

const RESERVED_PICTURE = /(<img\b[^>]*\ssrc=")https?:\/\/(?:[\w-]+\.)*example\.(?:com|net|org)\/([^"]*)"/gi;
const SYMBOLS = {
  cable: "🔌", power_bank: "🔋", earbuds: "🎧", smartwatch: "⌚", television: "📺", mouse: "🖱️",
  kettle: "🫖", mixer: "🥣", iron: "👔", bottle: "🥤", lamp: "💡", notebook: "📓",
};

function illustrated(html) {
  return html.replace(RESERVED_PICTURE, (_, before, path) => before + tile(path) + '"');
}

function tile(path) {
  const symbol = SYMBOLS[path.split("/")[0]] ?? "🛍️";
  const hue = [...path].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  return "data:image/svg+xml," + encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160"><rect width="160" height="160" rx="12" ` +
    `fill="hsl(${hue} 45% 91%)"/><text x="80" y="108" font-size="76" text-anchor="middle">${symbol}</text></svg>`);
}
