"""The finished message: what an email shows, its theme, its MIME form."""
