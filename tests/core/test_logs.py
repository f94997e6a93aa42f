"""A log line is JSON whatever it says."""

import json
from collections.abc import Iterator

import pytest
import structlog

from app.core import logs


@pytest.fixture(autouse=True)
def as_json() -> Iterator[None]:
    """Lines as in production, then again as in the other tests."""
    logs.configure("json")
    yield
    logs.configure("text")


@pytest.mark.parametrize("path", ["/besoins", "/é", "/moitié\ud800", '/"\\\n'])
def test_an_address_is_logged_whatever_its_characters(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("test").info("request", path=path, ms=1.5, status=200)
    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert (said["event"], said["path"], said["ms"], said["status"]) == ("request", path, 1.5, 200)
