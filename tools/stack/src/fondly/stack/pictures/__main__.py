"""`python -m encore.stack.pictures`: the picture server of a stack, on loopback."""

from encore.stack.pictures.server import serve

if __name__ == "__main__":
    serve()
