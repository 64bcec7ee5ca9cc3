"""The pages, an area a module: each has `ROUTES`."""

from fondly.console.pages import (
    audit,
    customers,
    delivery,
    email,
    emails,
    home,
    queues,
    reading,
    results,
    runs,
    shop,
    uploads,
    webhooks,
    wordings,
    work,
)

AREAS = (
    home,
    runs,
    emails,
    email,
    reading,
    wordings,
    delivery,
    uploads,
    shop,
    work,
    queues,
    customers,
    results,
    audit,
    webhooks,
)
