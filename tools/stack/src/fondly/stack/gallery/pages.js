/* Pages and the way back: the address after # names the page and what it shows, so Back and links work */

const PAGES = { emails: arriveAtEmail, figures: openFigures, opinions: openCategories, compare: openComparison };

function address() {
  const [page, ...what] = location.hash.slice(1).split("/").map(decoded);
  return Object.hasOwn(PAGES, page) ? { page, what: what.join("/") } : { page: "emails", what: "" };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // somebody has edited the address
  }
}

function hashOf(page, what) {
  return "#" + [page, what].filter(Boolean).map(encodeURIComponent).join("/");
}

function navigate(page, what = "") {
  const hash = hashOf(page, what);
  if (hash !== location.hash) history.pushState(null, "", hash);
  arrive();
}

// Stepping through the list is one visit: Back leaves it.
function remember(email) {
  const { page, what } = address();
  if (page === "emails" && (what || !narrow.matches)) history.replaceState(null, "", hashOf("emails", email.id));
}

function arrive() {
  const { page, what } = address();
  document.body.dataset.page = page;
  document.body.classList.toggle("reading", page === "emails" && what !== "");
  for (const button of element("pages").children) {
    if (button.dataset.page === page) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  for (const other of ["figures", "opinions", "compare"]) element(other)?.toggleAttribute("hidden", other !== page);
  PAGES[page](what);
}

function arriveAtEmail(id) {
  const email = id && emails.find((each) => each.id === id);
  if (!email) return;
  if (!state.found.includes(email)) {
    filterBy({});
    selected = email.index;
    find();
  } else if (email.index !== selected) show(state.found.indexOf(email));
}

window.addEventListener("popstate", () => {
  arrive();
  if (!element("emails").contains(document.activeElement) && element("emails").offsetParent && narrow.matches) focusCurrent();
});
