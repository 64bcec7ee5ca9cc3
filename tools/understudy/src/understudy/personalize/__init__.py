"""A stand-in for Amazon Personalize that really imports, trains and recommends.

Resources, data and models are kept in memory and are lost when the process ends.
"""

from understudy.personalize.service import create_services

__all__ = ["create_services"]
