"""Servers, Chromium and people for the browser suite."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.browser.server import ROOT, Server, serve
from tests.browser.states import STATES, Sites
from tests.browser.visitor import Crowd, open_chromium
from tests.databases import Engine

ARTEFACTS = ROOT / "tests" / "browser" / "artefacts"
LESSER = {state.name: state.site for state in STATES if state.site != "seeded"}
FAILED = pytest.StashKey[bool]()


def _state(test: str) -> str:
    return test.partition("[")[2].removesuffix("]")


class _ByState(LoadFileScheduling):
    """Gives a file to one worker, but of the tests of states one state; the states of a lesser site go together."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        if not file.endswith("/test_states.py"):
            return file
        state = _state(test)
        return f"{file}[{LESSER.get(state, state)}]"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Share the states out, after the files: small as they are, they leave no worker idle at the end."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # else the files of few tests come last, which are the longest
    return _ByState(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files as they come, then the states, those of a lesser site first."""
    items.sort(key=lambda item: (item.path.name == "test_states.py", _state(item.name) not in LESSER))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test failed, for the pictures taken when it is over."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for the whole suite."""
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def sites(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The demonstration, a site where nothing was said yet, a broken one: for pages that are only looked at."""
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as stack:
        yield Sites(engine, folder, stack)


@pytest.fixture(scope="package")
def server(sites: Sites) -> Server:
    """The demonstration, shared by tests that change nothing of it."""
    return sites.server("seeded")


@pytest.fixture
def own_server(engine: Engine, tmp_path: Path) -> Iterator[Server]:
    """A fresh demonstration of one's own."""
    with engine.copy() as url, serve(url, tmp_path / "server.log") as opened:
        yield opened


@pytest.fixture
def _pictures(request: pytest.FixtureRequest) -> Callable[[Crowd], None]:
    def keep(crowd: Crowd) -> None:
        if request.node.stash.get(FAILED, False):
            crowd.keep_pictures(ARTEFACTS, request.node.name)

    return keep


@pytest.fixture
def readers(chromium: Browser, server: Server, _pictures: Callable[[Crowd], None]) -> Iterator[Crowd]:
    """People who only look."""
    crowd = Crowd(chromium, server)
    yield crowd
    _pictures(crowd)
    crowd.leave()


@pytest.fixture
def people(chromium: Browser, own_server: Server, _pictures: Callable[[Crowd], None]) -> Iterator[Crowd]:
    """People who write, on a server of their own."""
    crowd = Crowd(chromium, own_server)
    yield crowd
    _pictures(crowd)
    crowd.leave()
