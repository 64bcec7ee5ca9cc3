import gc
from typing import Any

import pytest
import uvicorn
from ministack.services import dynamodb

from encore.stack import emulator


def test_the_emulator_listens_on_loopback_and_does_not_count_items(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own command would listen on every interface; ministack still has what is replaced in it."""
    served: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: served.update(app=app, **options))
    monkeypatch.setattr(gc, "set_threshold", lambda _objects: None)
    monkeypatch.setattr(dynamodb, "_update_counts", dynamodb._update_counts)
    monkeypatch.setenv("GATEWAY_PORT", "4566")
    emulator.main()
    assert (served["app"], served["host"], served["port"]) == ("ministack.app:app", "127.0.0.1", 4566)
    table = {"items": {"key": {"sort": "item"}}, "ItemCount": 0}
    dynamodb._update_counts(table)
    assert table["ItemCount"] == 0
