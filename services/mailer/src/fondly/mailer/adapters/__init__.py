"""The mailer's ports on AWS."""
