"""Pure rules: what Personalize receives and which five products a customer gets. No I/O, no AWS."""
