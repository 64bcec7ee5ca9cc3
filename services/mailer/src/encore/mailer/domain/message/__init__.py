"""The finished message: content, theme, MIME."""
