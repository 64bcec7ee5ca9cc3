"""Stand-ins for tests of handlers: what they promise is what the real ones promise."""

from shared.testing.dynamodb import MemoryDynamoDB
from shared.testing.ledger import START, MemoryClaims, MemoryJournal, MemoryLedger, MemoryNewest
from shared.testing.stores import Clients, MemoryAnnouncer, MemoryItems, MemoryObjects

__all__ = [
    "START",
    "Clients",
    "MemoryAnnouncer",
    "MemoryClaims",
    "MemoryDynamoDB",
    "MemoryItems",
    "MemoryJournal",
    "MemoryLedger",
    "MemoryNewest",
    "MemoryObjects",
]
