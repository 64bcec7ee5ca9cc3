"""The sender's settings, as they are deployed: of its task on AWS, of the local stack elsewhere."""

import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from fondly.operations.environment import Environment, open_client
from fondly.operations.errors import OperationError
from fondly.runtime.settings import PREFIX
from fondly.sender.settings import SenderSettings, TransportKind

SERVICE = "sender"
TRANSPORT = "sender_transport"
"""A setting that every deployment has; without it this process's variables are none of a sender."""
NAMES = {TransportKind.SES: "Amazon SES", TransportKind.NONE: "no transport"}
SECRETS = ("sender_smtp_password", "sender_dkim_key")
NO_TRANSPORT = (
    "the sender has no transport: set FONDLY_SENDER_TRANSPORT to smtp or ses, and start it again"
    " (a local stack: `fondly down`, then `FONDLY_SENDER_TRANSPORT=smtp fondly up`)"
)


class DeployedSettings(SenderSettings):
    """The sender's settings as they are given, and nothing of this process's own environment."""

    mailbox_folder: str | None = None
    """Where the emails of a local stack arrive, which has a mail server of its own."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only settings that are given."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def how(self) -> str:
        """The name of what hands emails over, for people."""
        if self.sender_transport is TransportKind.SMTP and self.mailbox_folder:
            return f"SMTP, to this stack's own folder {self.mailbox_folder}"
        if self.sender_transport is TransportKind.SMTP:
            return f"SMTP, {self.sender_smtp_host}:{self.sender_smtp_port}"
        return NAMES[self.sender_transport]


async def deployed(environment: Environment) -> DeployedSettings | None:
    """Return the deployed sender's settings without passwords and keys; None if they cannot be told."""
    try:
        return await _settings(environment, secrets=False)
    except (ValidationError, OperationError):
        return None


async def deployed_with_secrets(environment: Environment) -> DeployedSettings:
    """Return the deployed sender's settings with its secrets; raise `OperationError` without a transport."""
    try:
        found = await _settings(environment, secrets=True)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(map(str, problem["loc"])).upper()
        raise OperationError(
            f"the sender's settings are not valid: {PREFIX}{name}: {problem['msg']}"
        ) from error
    if found is None or found.sender_transport is TransportKind.NONE:
        raise OperationError(NO_TRANSPORT)
    return found


async def _settings(environment: Environment, *, secrets: bool) -> DeployedSettings | None:
    if environment.on_aws:
        variables = await _of_task(environment, secrets=secrets)
    else:  # what the processes of a local stack have, and this one with them
        variables = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    values: dict[str, Any] = {name.removeprefix(PREFIX).lower(): value for name, value in variables.items()}
    values.pop("tags", None)  # JSON, and of no use here
    # A command finds by itself what names a sender's resources.
    required = {name for name, field in SenderSettings.model_fields.items() if field.is_required()}
    names = dict.fromkeys(required, environment.name)
    return DeployedSettings(**{**names, **values}) if TRANSPORT in values else None


async def _of_task(environment: Environment, *, secrets: bool) -> dict[str, str]:
    """The variables of the sender's container; none if ECS has no such service, or does not say."""
    try:
        async with open_client("ecs", environment.region) as ecs:
            container = await _container(ecs, environment)
    except (ClientError, BotoCoreError):
        return {}
    plain = {each["name"]: each["value"] for each in container.get("environment", [])}
    parameters = {each["name"]: each["valueFrom"] for each in container.get("secrets", [])}
    return plain | await _parameters(environment, parameters, secrets=secrets)


async def _container(ecs: Any, environment: Environment) -> Mapping[str, Any]:  # noqa: ANN401 - no types for ECS
    """The definition of the sender's own container: beside it others may run, such as a collector."""
    name = environment.named(SERVICE)
    services = (await ecs.describe_services(cluster=environment.name, services=[name]))["services"]
    if not services:
        return {}
    reply = await ecs.describe_task_definition(taskDefinition=services[0]["taskDefinition"])
    containers: list[Mapping[str, Any]] = reply["taskDefinition"]["containerDefinitions"]
    name = f"{PREFIX}{TRANSPORT.upper()}"
    own = (each for each in containers if name in {one["name"] for one in each.get("environment", [])})
    return next(own, containers[0])


async def _parameters(
    environment: Environment, parameters: Mapping[str, str], *, secrets: bool
) -> dict[str, str]:
    secret = {name for name in parameters if name.removeprefix(PREFIX).lower() in SECRETS}
    unread = {} if secrets else dict.fromkeys(secret, "not-read")
    wanted = {name: arn for name, arn in parameters.items() if name not in unread}
    if not wanted:
        return unread
    async with open_client("ssm", environment.region) as ssm:
        return unread | {name: await _parameter(ssm, name, arn) for name, arn in wanted.items()}


async def _parameter(ssm: Any, name: str, arn: str) -> str:  # noqa: ANN401 - no types for SSM
    try:
        reply = await ssm.get_parameter(Name=arn, WithDecryption=True)
    except ClientError as error:
        raise OperationError(f"{name} of the sender cannot be read: {error}") from error
    return str(reply["Parameter"]["Value"])
