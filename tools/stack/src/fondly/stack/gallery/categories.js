/* Opinions by category and product */

const CATEGORIES_SHOWN = 40;

const opinions = { all: [], found: [], shown: 0 };

async function openCategories() {
  if (!element("category-list") || opinions.all.length) return;
  try {
    opinions.all = (await contents("categories")).map((category) => ({ ...category, haystack: haystack(category) }));
    findCategories();
  } catch (error) {
    element("categories-found").textContent = `The opinions cannot be shown: ${error.message}.`;
  }
}

function haystack({ path, aspects, products }) {
  const named = [...aspects, ...products, ...products.flatMap((product) => product.aspects)];
  return [...path, ...named.map(({ name }) => name)].join("\n").toLowerCase();
}

function findCategories() {
  const words = wordsIn(element("category-search").value);
  opinions.found = opinions.all.filter((category) => words.every((word) => category.haystack.includes(word)));
  opinions.shown = 0;
  const count = opinions.found.length;
  element("categories-found").textContent = `${number(count)} ${count === 1 ? "category" : "categories"}`;
  element("category-list").replaceChildren();
  showMoreCategories();
}

function showMoreCategories() {
  const next = opinions.found.slice(opinions.shown, opinions.shown + CATEGORIES_SHOWN);
  element("category-list").append(...next.map(categoryItem));
  opinions.shown += next.length;
  element("more-categories").hidden = opinions.shown >= opinions.found.length;
}

function categoryItem(category) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.append(
    node("b", "", category.path.at(-1) ?? "Without a category"),
    node("span", "path", category.path.slice(0, -1).join(" › ")),
    node("small", "", `${numbered(category.products.length, "product")}, ${numbered(category.scored, "scored text")}`),
    aspectList(category.aspects));
  details.append(summary);
  details.addEventListener("toggle", () => details.append(productList(category)), { once: true });
  const item = document.createElement("li");
  item.append(details);
  return item;
}

function productList({ products }) {
  const list = node("ol", "category-products", "");
  list.append(...products.map((product) => {
    const item = document.createElement("li");
    item.append(node("span", "product", product.name), node("small", "", product.labels), aspectList(product.aspects));
    return item;
  }));
  return list;
}

function aspectList(aspects) {
  const list = node("ul", "aspects", "");
  list.append(...aspects.map(({ name, verdict, counts }) => aspectChip(name, verdict, counts, "li")));
  return list;
}
