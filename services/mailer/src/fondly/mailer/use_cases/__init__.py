"""What the mailer does, one file per use case."""
