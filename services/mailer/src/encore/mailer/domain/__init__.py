"""Pure rules of a product email: facts, slots, copy, MIME. No I/O, and nothing of AWS."""
