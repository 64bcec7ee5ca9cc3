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
    uploads,
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
    work,
    queues,
    customers,
    results,
    audit,
)
