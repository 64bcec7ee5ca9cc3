"""AWS behind the mailer's ports."""
