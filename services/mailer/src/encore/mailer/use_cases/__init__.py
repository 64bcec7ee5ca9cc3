"""What the mailer service does, one file a use case."""
