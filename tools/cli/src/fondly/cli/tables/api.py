"""Tokens of machines, and webhooks."""

from fondly.cli.tables.declaration import Column, Columns
from fondly.operations.tokens import Token
from fondly.operations.webhooks.endpoints import Endpoint
from fondly.operations.webhooks.sendings import Sending

TOKENS: Columns[Token] = (
    Column("token", lambda token: token.name),
    Column("role", lambda token: token.role),
    Column("until", lambda token: f"{token.ends_at:%Y-%m-%d}"),
    Column("by", lambda token: token.by, fold=True),
)
WEBHOOKS: Columns[Endpoint] = (
    Column("webhook", lambda each: each.endpoint),
    Column("events", lambda each: ", ".join(each.events)),
    Column("address", lambda each: each.url, fold=True),
)
SENDINGS: Columns[Sending] = (
    Column("message", lambda each: each.id),
    Column("webhook", lambda each: each.endpoint),
    Column("event", lambda each: each.event),
    Column("run", lambda each: each.run_id),
    Column("tries", lambda each: each.attempts, right=True),
    Column("answer", lambda each: each.answered, lambda each: "green" if each.is_taken else "yellow"),
    Column("next (UTC)", lambda each: each.next_at and f"{each.next_at:%Y-%m-%d %H:%M}"),
)
