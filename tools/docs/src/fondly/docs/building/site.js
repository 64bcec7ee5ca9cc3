// Mends what Material leaves hard to reach for those who do not see the page, or have no mouse.
const each = (selector, change) => document.querySelectorAll(selector).forEach(change);
const mend = () => {
  each(".md-search", (found) => found.setAttribute("aria-label", "Search"));
  each(".md-version__current", (found) => found.setAttribute("aria-label", `Version ${found.textContent.trim()}`));
  each(".md-code__nav", (found, index) => found.setAttribute("aria-label", `Code ${index + 1}`));
  each("th:empty", (found) => found.replaceWith(document.createElement("td")));
  each(".md-typeset__scrollwrap", (found) => { if (found.scrollWidth > found.clientWidth) found.tabIndex = 0; });
};
mend();
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
