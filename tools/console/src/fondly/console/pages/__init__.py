"""The pages, an area a module: each has `ROUTES`."""

from fondly.console.pages import delivery, email, home, runs

AREAS = (home, runs, email, delivery)
