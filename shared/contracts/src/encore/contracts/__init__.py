"""What the services say to one another and to any subscriber: events, records, keys, ids, errors."""
