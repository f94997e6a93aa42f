"""Every setting is explained to the administrator, and serves."""

import re

import pytest

from app.core.settings import Settings
from tests.architecture import tree

OPERATIONS = tree.ROOT / "docs" / "operations.md"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_documented(name: str) -> None:
    row = re.compile(rf"^\| `EMGLEV_{name.upper()}` \|", re.MULTILINE)
    documented = row.search(OPERATIONS.read_text(encoding="utf-8")) is not None
    assert documented, "no row in docs/operations.md"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_serves(name: str) -> None:
    pattern = re.compile(rf"\.{name}\b")
    cited = pattern.search(tree.app_text()) is not None or pattern.search(tree.templates_text()) is not None
    assert cited, "declared and read nowhere"


def test_no_documented_setting_has_gone() -> None:
    documented = set(re.findall(r"^\| `EMGLEV_(\w+)` \|", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}
