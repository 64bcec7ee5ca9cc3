"""`python -m fondly.stack.pictures`: the picture server of a stack, on loopback."""

from fondly.stack.pictures.server import serve

if __name__ == "__main__":
    serve()
