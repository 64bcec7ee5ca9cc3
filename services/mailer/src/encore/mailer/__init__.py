"""Words, checks, renders and stores one email a customer."""
