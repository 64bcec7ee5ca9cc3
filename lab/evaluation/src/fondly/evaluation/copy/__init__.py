"""How true copy is that passes the mailer's gate, and how much of a model's copy does."""
