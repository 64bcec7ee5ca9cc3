"""The pages, an area a module: each has `ROUTES`."""

from fondly.console.pages import delivery, email, home, runs, webhooks

AREAS = (delivery, email, home, runs, webhooks)
