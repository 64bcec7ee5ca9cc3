"""The pages, an area a module: each has `ROUTES`."""

from fondly.console.pages import delivery, home, runs

AREAS = (home, runs, delivery)
