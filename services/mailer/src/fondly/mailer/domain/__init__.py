"""Pure rules of a product email, one layer on the other: text and slots, facts, copy, message, record.

A module imports only from its own layer and those before it. No I/O, no AWS.
"""
