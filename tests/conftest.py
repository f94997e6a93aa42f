"""One seeded database per engine, copied for each test; visitors that check what they are given."""

import gc
import os
import shutil

os.environ.setdefault("EMGLEV_DEMO", "true")
os.environ.setdefault("EMGLEV_PUBLIC_URL", "http://localhost:8000")
os.environ.pop("EMGLEV_DATABASE_URL", None)

from collections.abc import Iterator  # the settings are read at the first import below
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import Dialect, Engine, create_engine

from app.core import db, web
from app.core.settings import get_settings
from tests.databases import Engine as Databases
from tests.databases import open_engine
from tests.site import Site

# A machine that does something else meanwhile must not make a property false; whoever runs them sees the same examples.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("chance", settings.get_profile("patient"), derandomize=False)
settings.load_profile("patient")

MEMORY, ROOM = "/dev/shm", 2 * 1024**3  # a folder kept in memory; how many bytes it must have free


def pytest_configure() -> None:
    """Put the databases and files of the tests in memory where there is room: none of them need outlive the run."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)


class Compiled(BytecodeCache):
    """Each test has its own application: what their templates compile to is kept from one to the next."""

    def __init__(self) -> None:
        self.kept: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code
        self.kept[bucket.key] = bucket.code


_dialects: dict[str, Dialect] = {}
_statements: dict[Any, Any] = {}


def _create_engine(url: str, **options: Any) -> Engine:
    """Each test has its own database: what their statements compile to, a fifth of the time, is kept as well."""
    engine = create_engine(url, **options, execution_options={"compiled_cache": _statements})
    engine.dialect = _dialects.setdefault(engine.dialect.driver, engine.dialect)  # else none is the same for another
    return engine


web.Environment = partial(Environment, bytecode_cache=Compiled())  # type: ignore[assignment, misc]
db.create_engine = _create_engine


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, with its reason, what speaks of the other engine only; on PostgreSQL, also what asks no database."""
    engine = os.environ.get("EMGLEV_TEST_ENGINE", "sqlite")
    for item in items:
        for other in {"sqlite", "postgresql"} - {engine}:
            if item.get_closest_marker(other):
                item.add_marker(pytest.mark.skip(reason=f"says something of {other} only"))
    if engine == "postgresql":
        twice = [
            i
            for i in items
            if "engine" not in getattr(i, "fixturenames", ()) and not list(i.iter_markers("postgresql"))
        ]
        config.hook.pytest_deselected(items=twice)
        items[:] = [i for i in items if i not in twice]


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The engine under test, with its template database migrated and seeded."""
    bytes_of_files = tmp_path_factory.mktemp("var")
    os.environ["EMGLEV_VAR_DIR"] = str(bytes_of_files)  # for the servers that the browser tests start
    get_settings().var_dir = bytes_of_files
    opened = open_engine(os.environ.get("EMGLEV_TEST_ENGINE", "sqlite"), tmp_path_factory.mktemp("databases"))
    gc.freeze()  # what was imported and built lives as long as the worker: never scan it again
    gc.set_threshold(50_000, 20, 20)
    yield opened
    opened.close()


@pytest.fixture
def site(engine: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A whole application on a fresh copy of the demonstration, its photos and documents included."""
    shutil.copytree(get_settings().var_dir / "files", tmp_path / "var/files")
    monkeypatch.setattr(get_settings(), "var_dir", tmp_path / "var")
    with engine.copy() as url, Site(url) as opened:
        yield opened
