"""The pages, an area a module: each has `ROUTES`."""

from fondly.console.pages import delivery, email, home, runs, uploads, webhooks

AREAS = (delivery, email, home, runs, uploads, webhooks)
