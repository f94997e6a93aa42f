"""What every HTML answer owes its reader, checked at each request of every test."""

import os
from collections import Counter
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib
import httpx

from tests.skeleton import skeleton

REDIRECTS = {301, 302, 303, 307, 308}
NAMELESS = {"hidden", "submit", "button", "reset", "image"}
CONTROLS = ("input", "select", "textarea")
READ_BEFORE = (
    os.environ.get("EMGLEV_TEST_ENGINE") == "postgresql"
)  # the templates are the same: SQLite's suite reads them
_verdicts: dict[str, str | None] = {}  # of each skeleton read so far


def check_page(response: httpx.Response) -> None:
    """Raise AssertionError with what is wrong, if anything."""
    headers = response.headers
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    if "text/html" not in headers.get("content-type", "") or response.status_code in REDIRECTS or READ_BEFORE:
        return
    fault = _fault(response.text)
    where = f"{response.request.method} {response.request.url.path} ({response.status_code})"
    assert fault is None, f"{where}: {fault}"


def _fault(html: str) -> str | None:
    """What is wrong with a page; read once, however many tests are given one that differs in its words only."""
    bones = skeleton(html)
    if bones not in _verdicts:
        _verdicts[bones] = _read(html)
    return _verdicts[bones]


def _read(html: str) -> str | None:
    whole = html.lstrip().lower().startswith("<!doctype")
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(html) if whole else parser.parseFragment(html)
    try:
        faults = [f"{position}: {code} {details}" for position, code, details in parser.errors]
        assert not faults, f"invalid HTML: {faults[:3]}"
        every = [tag for tag in root.iter() if isinstance(tag.tag, str)]
        _check_ids(every)
        _check_inline(every)
        _check_labels(every)
        if whole:
            _check_whole(root)
    except AssertionError as wrong:
        return str(wrong)
    return None


def _check_ids(every: list[Element]) -> None:
    twice = [i for i, n in Counter(tag.get("id") for tag in every).items() if n > 1 and i is not None]
    assert not twice, f"ids used twice: {twice}"


def _check_inline(every: list[Element]) -> None:
    for tag in every:
        inline = [name for name in tag.attrib if name == "style" or name.startswith("on")]
        assert not inline, f"<{tag.tag}> has {inline}"
        assert tag.tag != "style", "a <style> element"
        assert tag.tag != "script" or tag.get("src"), "an inline script"


def _check_labels(every: list[Element]) -> None:
    labels = [tag for tag in every if tag.tag == "label"]
    labelled = {tag.get("for") for tag in labels if tag.get("for")}
    inside = {control for label in labels for control in label.iter() if control.tag in CONTROLS}
    for control in every:
        if control.tag not in CONTROLS or control.get("type") in NAMELESS:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby") or control in inside
        assert named or control.get("id") in labelled, f"no label for {control.get('name')}"


def _check_whole(root: Element) -> None:
    assert root.get("lang") == "fr", "no language"
    title = "".join(root.findtext("head/title") or "").strip()
    assert "Emglev" in title and len(title) > 8, f"title {title!r}"
    headings = len(root.findall(".//h1"))
    assert headings == 1, f"{headings} h1"
    live = "data-ecran" in root.attrib  # a screen of a room: nothing but the room
    for landmark in ("main",) if live else ("header", "main", "footer", "nav"):
        assert root.find(f".//{landmark}") is not None, f"no <{landmark}>"
    main = root.find(".//main")
    levels = [int(tag.tag[1]) for tag in main.iter() if tag.tag in ("h1", "h2", "h3", "h4")] if main is not None else []
    for before, after in pairwise(levels):
        assert after <= before + 1, f"a heading level is skipped ({levels})"
