"""The pages, an area a module: each has `ROUTES`."""

from fondly.console.pages import (
    delivery,
    email,
    emails,
    home,
    reading,
    runs,
    shop,
    uploads,
    webhooks,
    wordings,
)

AREAS = (home, runs, emails, email, reading, wordings, delivery, shop, uploads, webhooks)
