"""Magento Open Source and Adobe Commerce, by their REST API.

Sources, of developer.adobe.com/commerce/webapi: "Search using REST endpoints", "Token-based authentication"
(integration tokens), and the schema: products, customers/search, orders, categories/list, store/storeConfigs,
stockItems/lowStock. A page beyond the end repeats the last one (issue 25619 of magento/magento2): the total
says where the end is. Times are in UTC. Whether somebody is subscribed changes without their record, so
all customers are listed each time. REST has no reviews.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from aiohttp import ClientSession

from fondly.operations.connect.http import Api, Sleep
from fondly.operations.connect.model import Cursor, Found, Json, Page, moment_before
from fondly.operations.connect.paging import SECOND, Part, Window, by_time
from fondly.operations.connect.tables import Tables

SIZE = 100
"""The most that a page may have is 300, which a shop can lower."""
PATHS = {"products": "products", "customers": "customers/search", "orders": "orders"}
ENABLED = 1
UNSEEN = 1
"""The visibility of products that are sold only as a part of others."""
SOLD = frozenset({"simple", "virtual", "downloadable", "bundle", "giftcard"})
LINKS = "configurable_product_links"
ROOT_LEVEL = 1
"""Categories up to this level have no name that a shopper sees."""
Filters = Sequence[tuple[str, str, str]]


class Magento:
    """A shop of Magento; `token` is an integration's access token."""

    changing: tuple[str, ...] = ("products", "orders")
    whole: tuple[str, ...] = ("customers", "stock")

    def __init__(
        self, session: ClientSession, shop: str, token: str, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._api = Api(session, f"{shop.rstrip('/')}/rest/V1", headers, sleep=sleep)
        self._tables = Tables("magento")
        self._shop: Shop | None = None

    async def changed(self, kind: str, cursor: Cursor) -> AsyncIterator[Page]:
        """Yield what has changed."""
        shop = self._shop = self._shop or await self._settings()

        async def ask(window: Window) -> Part:
            answer = await self._search(kind, _between(window), "updated_at", page=window.number)
            found = [self._found(kind, each, shop) for each in answer["items"]]
            last = answer["items"][-1]["updated_at"].replace(" ", "T") + "Z" if answer["items"] else ""
            return Part(found, last, answer["total_count"])

        async for page in by_time(ask, cursor, size=SIZE):
            yield page

    async def listed(self, kind: str) -> AsyncIterator[Page]:
        """Yield everything, each page beginning after the last id of the one before."""
        if kind == "stock":
            async for page in self._sold_out():
                yield page
            return
        last, more = 0, True
        while more:
            answer = await self._search(kind, [("entity_id", "gt", str(last))], "entity_id")
            items = answer["items"]
            yield Page([self._tables.found(kind, each) for each in items])
            more = answer["total_count"] > len(items) > 0
            last = int(items[-1].get("entity_id") or items[-1]["id"]) if items else last

    async def count(self, kind: str) -> int:
        """Return how many objects there are."""
        return int((await self._search(kind, [], "entity_id", size=1))["total_count"])

    async def exists(self, kind: str, object_id: str) -> bool:
        """Whether there is such an object."""
        found = await self._search(kind, [("entity_id", "eq", object_id)], "entity_id")
        return bool(found["total_count"])

    async def _search(
        self, kind: str, filters: Filters, sort: str, *, page: int = 1, size: int = SIZE
    ) -> Json:
        ids_only = (
            {"fields": "items[id,entity_id],total_count"}
            if sort == "entity_id" and kind != "customers"
            else {}
        )
        criteria = {
            **_criteria(filters, sort),
            "searchCriteria[pageSize]": size,
            "searchCriteria[currentPage]": page,
        }
        answer: Json = (await self._api.get(PATHS[kind], {**criteria, **ids_only})).body
        return {**answer, "items": answer["items"] or []}

    async def _sold_out(self) -> AsyncIterator[Page]:
        """Yield the products that are out of stock, which the catalogue does not say."""
        number, total = 0, 1
        while number * SIZE < total:
            number += 1
            params = {"scopeId": 0, "qty": 0, "currentPage": number, "pageSize": SIZE}
            answer = (await self._api.get("stockItems/lowStock/", params)).body
            total = answer["total_count"]
            ids = [str(each["product_id"]) for each in answer["items"] or () if not each["stock_status"]]
            yield Page([Found("stock", each, (), about=[each], shared={"sold_out": "yes"}) for each in ids])

    async def _settings(self) -> "Shop":
        store = (await self._api.get("store/storeConfigs")).body[0]
        categories = (await self._api.get("categories/list", {"searchCriteria": ""})).body["items"]
        return Shop(store, {str(each["id"]): each for each in categories})

    def _found(self, kind: str, item: Json, shop: "Shop") -> Found:
        if kind == "orders":
            return self._tables.found(kind, item)
        more = item.get("extension_attributes", {})
        said = {**shop.said_of(item), "of": item}
        if LINKS in more:
            about = [str(each) for each in more[LINKS]]
            return Found(kind, str(item["id"]), (), about=about, shared=self._tables.row("shared", said))
        rows = [self._tables.row(kind, said)] if item["type_id"] in SOLD else []
        return Found(kind, str(item["id"]), rows)


class Shop:
    """What products say by number: where things are, in what currency, and how categories are called."""

    def __init__(self, store: Json, categories: Mapping[str, Json]) -> None:
        self.base = store["secure_base_url"]
        self.pictures = f"{store['secure_base_media_url']}catalog/product"
        self.currency = store["base_currency_code"]
        self._categories = categories

    def path(self, links: Sequence[Json]) -> str:
        """Return the deepest of some categories, with those above it."""
        known = [
            self._categories[each["category_id"]] for each in links if each["category_id"] in self._categories
        ]
        deepest = max(known, key=lambda each: (each["level"], -each["id"]), default={"path": ""})
        above = [self._categories[each] for each in deepest["path"].split("/") if each in self._categories]
        return "|".join(each["name"] for each in above if each["level"] > ROOT_LEVEL)

    def said_of(self, item: Json) -> Json:
        """Return what expressions may say of a product besides it; this address works whatever others do."""
        on_page = item["status"] == ENABLED and item["visibility"] != UNSEEN
        return {
            "has": {each["attribute_code"]: each["value"] for each in item.get("custom_attributes", ())},
            "category": self.path(item.get("extension_attributes", {}).get("category_links", ())),
            "currency": self.currency,
            "pictures": self.pictures,
            "page": on_page and f"{self.base}catalog/product/view/id/{item['id']}",
        }


def _between(window: Window) -> Filters:
    if not window.since:
        return []
    ends = [("updated_at", "lt", moment_before(window.since, -SECOND))] if window.within else []
    return [("updated_at", "gteq", window.since), *ends]


def _criteria(filters: Filters, sort: str) -> dict[str, str | int]:
    """Write filters, each of which must hold, and an order."""
    said: dict[str, str | int] = {
        "searchCriteria[sortOrders][0][field]": sort,
        "searchCriteria[sortOrders][0][direction]": "ASC",
    }
    for number, (field, condition, value) in enumerate(filters):
        at = f"searchCriteria[filter_groups][{number}][filters][0]"
        time = value.replace("T", " ").removesuffix("Z")
        said |= {f"{at}[field]": field, f"{at}[condition_type]": condition, f"{at}[value]": time}
    return said
