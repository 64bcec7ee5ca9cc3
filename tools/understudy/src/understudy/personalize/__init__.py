"""A stand-in for Amazon Personalize that imports, trains and recommends for real.

Resources, data and models live in memory and end with the process.
"""

from understudy.personalize.service import create_services

__all__ = ["create_services"]
