"""The pages, an area a module: each has `ROUTES`."""

from fondly.console.pages import audit, customers, home, queues, results, runs, work

AREAS = (home, runs, work, queues, customers, results, audit)
