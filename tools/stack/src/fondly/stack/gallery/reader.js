/* The reader: one email */

const narrow = matchMedia("(max-width: 760px)"); // the list and the reader take turns

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
  remember(email);
  drawHeader(email);
  element("previous").disabled = position === 0;
  element("next").disabled = position + 1 >= state.found.length;
  drawBody();
}

function drawHeader(email) {
  element("name").textContent = email.name;
  element("customer").textContent = email.id;
  element("address").textContent = email.address;
  element("subject").textContent = email.subject;
  element("preheader").textContent = email.preheader;
  const refused = email.refused.length ? [badge("refused fields", "label", "mixed", email.refused.join(", "))] : [];
  element("badges").replaceChildren(...tasteBadges(email), copyBadge(email), ...refused, ...deliveryBadges(email));
}

function openEmail(position) {
  const email = state.found[position];
  navigate("emails", email.id);
  if (narrow.matches) element("reader").focus();
}

function closeReader() {
  if (narrow.matches && document.body.classList.contains("reading")) navigate("emails");
  focusCurrent();
}

async function drawBody() {
  const wanted = selected;
  const email = emails[wanted];
  let shown, found = null;
  try {
    found = await bodyOf(email);
    shown = state.view === "html" ? frame(await illustrated(found.html)) : node("pre", "", found[state.view]);
  } catch (error) {
    shown = node("p", "trouble", `This email cannot be shown: ${error.message}.`);
  }
  if (wanted !== selected) return; // the reader has moved on
  element("view").replaceChildren(shown);
  element("view").scrollTop = 0;
  element("download").disabled = !found;
  drawBeside(email, found);
}

async function bodyOf({ index }) {
  const bodies = await contents(`bodies-${Math.floor(index / data.emailsPerFile)}`);
  const place = index % data.emailsPerFile;
  return Object.fromEntries(Object.entries(bodies).map(([part, each]) => [part, each[place]]));
}

function step(by) {
  const position = state.position + by;
  if (position >= 0 && position < state.found.length) show(position);
}

/* Views */

function selectView(view) {
  state.view = view;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const chosen = tab.dataset.view === view && (view !== "html" || tab.dataset.width === state.width);
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) element("view").setAttribute("aria-labelledby", tab.id);
  }
  element("view").dataset.width = view === "html" ? state.width : "desktop";
  element("dark-email").disabled = view !== "html";
  if (selected >= 0) drawBody();
}

function chooseView({ dataset }) {
  state.width = dataset.width ?? state.width;
  if (!besides.matches) selectBeside(""); // it covers the view
  selectView(dataset.view);
}

function darkenEmail(dark) {
  element("dark-email").setAttribute("aria-pressed", String(dark));
  if (selected >= 0 && state.view === "html") drawBody();
}
