"""The pages, an area a module: each has `ROUTES`."""

from importlib import import_module
from pkgutil import iter_modules

AREAS = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]
