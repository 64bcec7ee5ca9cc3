"""Pure rules: what Personalize is given, and which five products a customer gets. No I/O, no AWS."""
