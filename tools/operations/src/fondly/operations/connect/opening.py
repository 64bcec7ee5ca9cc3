"""Opens what a pass of a connector needs: the platform with its token, the mirror, and who asks what."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import ClientSession
from botocore.exceptions import ClientError

from fondly.operations.cleanup.scope import open_scope
from fondly.operations.connect.kept import Kept
from fondly.operations.connect.magento import Magento
from fondly.operations.connect.mirror import Mirror
from fondly.operations.connect.model import Platform
from fondly.operations.connect.requests import Requests
from fondly.operations.connect.run import Connected, Pass, Tell
from fondly.operations.connect.shopify import Shopify
from fondly.operations.connect.woocommerce import WooCommerce
from fondly.operations.environment import Environment, open_client
from fondly.operations.errors import OperationError
from fondly.runtime.errors import error_code

PLATFORMS: Mapping[str, Callable[..., Platform]] = {
    "shopify": Shopify,
    "woocommerce": WooCommerce,
    "magento": Magento,
}


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A shop. Its set of files is uploaded to the folder `name`."""

    platform: str
    shop: str
    """Its address, such as https://my-shop.myshopify.com."""
    token: str = field(repr=False)
    name: str
    consent: str = ""
    """Where WooCommerce keeps consent: the key of a customer's metadata."""
    many_gone: bool = False
    role_arn: str = ""
    """The role with which Personalize reads the data bucket."""


async def connect(environment: Environment, of: Connection, *, timeout_s: float, tell: Tell) -> Connected:
    """Take over what has changed in a shop, forget who is gone, and upload the files if they are others.

    Killed at any point, it goes on where it was. Raises `OperationError` for what a person must mend.
    """
    objects = await environment.objects()
    role_arn = of.role_arn or await environment.role_arn("personalize")
    consent = {"consent": of.consent} if of.consent else {}
    scope = open_scope(environment, timeout_s=timeout_s, tell=tell)
    with TemporaryDirectory() as folder, closing(Mirror(Path(folder))) as mirror:
        async with ClientSession() as session, scope as opened:
            platform = PLATFORMS[of.platform](session, of.shop, of.token, **consent)
            kept = Kept(objects, of.name, mirror)
            await kept.open()
            requests = Requests(objects, opened, role_arn)
            work = Pass(platform, kept, requests, tell, many_gone=of.many_gone)
            return await work.run(of.name, Path(folder))


async def secret(environment: Environment, name: str) -> str:
    """Return a secret of AWS Secrets Manager by name or ARN; raise `OperationError` for none."""
    try:
        async with open_client("secretsmanager", environment.region) as client:
            return str((await client.get_secret_value(SecretId=name))["SecretString"]).strip()
    except (ClientError, KeyError) as error:
        code = error_code(error) if isinstance(error, ClientError) else "it has no text"
        raise OperationError(f"the secret {name} cannot be read: {code}") from error
