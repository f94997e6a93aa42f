"""Lock files carry versions and hashes, and no address: they install from whatever registry is set."""

import json
import re

import pytest

from tests.architecture.lock_files import NPM_LOCK, ROOT

PYTHON_LOCKS = ("requirements.txt", "requirements-dev.txt")
REQUIREMENT = re.compile(r"^[a-z0-9][\w.-]*(\[[\w,-]+\])?==\S+", re.MULTILINE)
ADDRESS = re.compile(r"://|@\s*file:|--(extra-)?index-url|--find-links")


@pytest.mark.parametrize("name", [*PYTHON_LOCKS, "package-lock.json", ".npmrc"])
def test_no_lock_file_holds_an_address(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if ADDRESS.search(line)]


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_python_package_has_a_version_and_a_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    packages = [block for block in blocks if block.strip() and not block.startswith("#")]
    assert packages
    assert not [block for block in packages if not REQUIREMENT.match(block) or "--hash=sha256:" not in block]


def test_both_python_locks_agree() -> None:
    runtime, dev = (dict(versions(name)) for name in PYTHON_LOCKS)
    assert {name: dev[name] for name in runtime.keys() & dev} == {name: runtime[name] for name in runtime.keys() & dev}


def versions(name: str) -> list[tuple[str, str]]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"^([a-z0-9][\w.-]*)(?:\[[\w,-]+\])?==(\S+)", text, re.MULTILINE)


def test_every_npm_package_has_a_version_and_a_hash() -> None:
    packages = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    locked = {name: package for name, package in packages.items() if name}
    assert locked
    assert not [name for name, package in locked.items() if not {"version", "integrity"} <= package.keys()]
