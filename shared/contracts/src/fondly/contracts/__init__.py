"""The contracts between the services and with any subscriber: events, records, keys, ids, errors."""
