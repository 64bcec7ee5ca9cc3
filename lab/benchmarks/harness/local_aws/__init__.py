"""A small AWS within the process of one service: the clients that services call, over files on disk.

Services run unchanged, with their own entry points: `Session.create_client` gives them these clients in place
of aiobotocore's. What is missing is what a network and botocore cost; everything above a client's methods is
the service's own. Every call is counted, and the CPU time that it takes here is counted apart.
"""

from harness.local_aws.session import Session, Usage

__all__ = ["Session", "Usage"]
