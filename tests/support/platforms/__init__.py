"""Stand-ins of shops' platforms by their published schemas: small, strict, and faulty on demand."""
