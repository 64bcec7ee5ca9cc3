"""How the packaged sentiment model is trained; nothing here is needed to use it."""
