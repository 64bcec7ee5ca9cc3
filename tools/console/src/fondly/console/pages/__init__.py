"""The pages, an area a module: each has `ROUTES`."""

from fondly.console.pages import home, shop, uploads

AREAS = (home, shop, uploads)
