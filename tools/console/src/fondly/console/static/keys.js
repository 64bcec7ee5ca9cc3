// Keys for whoever judges many things in a row: an element's `data-key` is the key that clicks it, while it is shown.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const wanted = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key && each.checkVisibility());
  if (!wanted) return;
  event.preventDefault();
  wanted.click();
});
