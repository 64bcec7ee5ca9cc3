"""One settings file for a shop, `encore.toml`: read by commands, rendered for every way to run services."""

from encore.mailer.domain.message.toml_file import InvalidFileError
from encore.stack.shop.file import ShopFile
from encore.stack.shop.loading import Origin, Shop, load_shop

__all__ = ["InvalidFileError", "Origin", "Shop", "ShopFile", "load_shop"]
