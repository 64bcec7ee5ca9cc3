"""One settings file for a shop, `fondly.toml`: read by commands, rendered for every way to run services."""

from fondly.operations.shop.file import ShopFile
from fondly.operations.shop.loading import Origin, Shop, load_shop

__all__ = ["Origin", "Shop", "ShopFile", "load_shop"]
