"""Opens what a pass of a connector needs: the platform with its token, the mirror, and who asks what."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from aiohttp import ClientSession
from botocore.exceptions import ClientError

from fondly.operations.cleanup.scope import open_scope
from fondly.operations.connect.http import Sleep
from fondly.operations.connect.kept import Kept
from fondly.operations.connect.magento import Magento
from fondly.operations.connect.mirror import Mirror
from fondly.operations.connect.requests import Requests
from fondly.operations.connect.run import Connected, Pass
from fondly.operations.connect.shopify import Shopify
from fondly.operations.connect.woocommerce import WooCommerce
from fondly.operations.environment import Environment, open_client
from fondly.operations.errors import OperationError
from fondly.runtime.errors import error_code

if TYPE_CHECKING:
    from fondly.operations.connect.model import Platform

PLATFORMS = {"shopify": Shopify, "woocommerce": WooCommerce, "magento": Magento}
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A shop. Its set of files is uploaded to the folder `name`."""

    platform: str
    shop: str
    """Its address, such as https://my-shop.myshopify.com."""
    token: str
    name: str
    consent: str = ""
    """Where WooCommerce keeps consent: the key of a customer's metadata."""
    many_gone: bool = False
    role_arn: str = ""
    """The role with which Personalize reads the data bucket."""

    def __repr__(self) -> str:
        """Return it without the token."""
        return f"Connection({self.platform}, {self.shop})"


async def connect(
    environment: Environment, of: Connection, *, timeout_s: float, tell: Tell, sleep: Sleep = asyncio.sleep
) -> Connected:
    """Take over what has changed in a shop, forget who is gone, and upload the files if they are others.

    Killed at any point, it goes on where it was. Raises `OperationError` for what a person must mend.
    """
    async with _opened(environment, of, timeout_s=timeout_s, tell=tell, sleep=sleep) as (work, folder):
        await work.kept.open()
        return await work.run(of.name, folder)


@asynccontextmanager
async def _opened(
    environment: Environment, of: Connection, *, timeout_s: float, tell: Tell, sleep: Sleep
) -> AsyncIterator[tuple[Pass, Path]]:
    objects = await environment.objects()
    role_arn = of.role_arn or await environment.role_arn("personalize")
    consent = {"consent": of.consent} if of.consent else {}
    scope = open_scope(environment, run_id=None, dry_run=False, timeout_s=timeout_s, tell=tell)
    with TemporaryDirectory() as name:
        mirror = Mirror(Path(name))
        async with ClientSession() as session, scope as opened:
            made = cast("Callable[..., Platform]", PLATFORMS[of.platform])
            platform = made(session, of.shop, of.token, sleep=sleep, **consent)
            kept = Kept(objects, of.name, mirror)
            requests = Requests(objects, opened, role_arn)
            yield Pass(platform, kept, requests, tell, many_gone=of.many_gone), Path(name)
        mirror.close()


async def secret(environment: Environment, name: str) -> str:
    """Return a secret of AWS Secrets Manager by name or ARN; raise `OperationError` for none."""
    try:
        async with open_client("secretsmanager", environment.region) as client:
            return str((await client.get_secret_value(SecretId=name))["SecretString"]).strip()
    except (ClientError, KeyError) as error:
        code = error_code(error) if isinstance(error, ClientError) else "it has no text"
        raise OperationError(f"the secret {name} cannot be read: {code}") from error
