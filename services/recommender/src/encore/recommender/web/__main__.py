"""Starts the web process: `python -m encore.recommender.web`."""

import asyncio
import gc
import sys
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from encore.recommender.adapters.known_shop import DynamoDBKnownShop
from encore.recommender.adapters.shop_processes import ShopProcesses
from encore.recommender.adapters.stored_shop import LoadStoredShop
from encore.recommender.domain.real_time import PickedFrom
from encore.recommender.domain.recent import Recent
from encore.recommender.ports import OrdersNow, RanksNow
from encore.recommender.settings import RecommenderWebSettings
from encore.recommender.use_cases.ask_in_time import AskInTime
from encore.recommender.use_cases.current_picks import CurrentPicks
from encore.recommender.use_cases.find_edition import FindEdition
from encore.recommender.use_cases.keep_shop import KeepShop
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.recommender.use_cases.load_rules import LoadRules
from encore.recommender.use_cases.read_customer import ReadCustomer
from encore.recommender.web.app import web_app
from encore.recommender.web.server import serve_app
from encore.runtime.aws import CONFIG
from encore.runtime.logs import get_logger
from encore.runtime.process import run_process
from encore.runtime.readiness import said
from encore.runtime.runs.ledger import Ledger
from encore.runtime.storage import DynamoDBItems, S3Objects

NAME = "recommender-web"
READS_AT_ONCE = 64
"""As many requests as may read their customers' items at the same time."""
CHECK_S = 60.0
log = get_logger()
