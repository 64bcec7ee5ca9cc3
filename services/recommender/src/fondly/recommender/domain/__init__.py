"""Pure rules: what Personalize receives and which products a customer gets. No I/O, no AWS."""
