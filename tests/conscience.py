"""What every HTML answer owes its reader, checked at each request of every test."""

from collections import Counter
from itertools import pairwise

import html5lib
import httpx
from bs4 import BeautifulSoup, Tag

REDIRECTS = {301, 302, 303, 307, 308}
NAMELESS = {"hidden", "submit", "button", "reset", "image"}


def check_page(response: httpx.Response) -> None:
    """Raise AssertionError with what is wrong, if anything."""
    headers = response.headers
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    if "text/html" not in headers.get("content-type", "") or response.status_code in REDIRECTS:
        return
    html = response.text
    where = f"{response.request.method} {response.request.url.path} ({response.status_code})"
    whole = html.lstrip().lower().startswith("<!doctype")
    _check_syntax(html, whole, where)
    soup = BeautifulSoup(html, "html.parser")
    _check_ids(soup, where)
    _check_inline(soup, where)
    _check_labels(soup, where)
    if whole:
        _check_whole(soup, where)


def _check_syntax(html: str, whole: bool, where: str) -> None:
    parser = html5lib.HTMLParser()
    parser.parse(html) if whole else parser.parseFragment(html)
    faults = [f"{position}: {code} {details}" for position, code, details in parser.errors]
    assert not faults, f"{where}: invalid HTML: {faults[:3]}"


def _check_ids(soup: BeautifulSoup, where: str) -> None:
    twice = [i for i, n in Counter(tag["id"] for tag in soup.find_all(id=True)).items() if n > 1]
    assert not twice, f"{where}: ids used twice: {twice}"


def _check_inline(soup: BeautifulSoup, where: str) -> None:
    for tag in soup.find_all(True):
        inline = [name for name in tag.attrs if name == "style" or name.startswith("on")]
        assert not inline, f"{where}: <{tag.name}> has {inline}"
        assert tag.name != "style", f"{where}: a <style> element"
        assert tag.name != "script" or tag.get("src"), f"{where}: an inline script"


def _check_labels(soup: BeautifulSoup, where: str) -> None:
    labelled = {tag["for"] for tag in soup.find_all("label") if tag.get("for")}
    for control in soup.find_all(["input", "select", "textarea"]):
        if control.get("type") in NAMELESS:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby") or control.find_parent("label")
        assert named or control.get("id") in labelled, f"{where}: no label for {control.get('name')}"


def _check_whole(soup: BeautifulSoup, where: str) -> None:
    assert soup.html is not None and soup.html.get("lang") == "fr", f"{where}: no language"
    title = soup.title.get_text(strip=True) if soup.title else ""
    assert "Emglev" in title and len(title) > 8, f"{where}: title {title!r}"
    assert len(soup.find_all("h1")) == 1, f"{where}: {len(soup.find_all('h1'))} h1"
    live = soup.html.has_attr("data-ecran")  # a screen of a room: nothing but the room
    for landmark in ("main",) if live else ("header", "main", "footer", "nav"):
        assert soup.find(landmark), f"{where}: no <{landmark}>"
    _check_headings(soup, where)


def _check_headings(soup: BeautifulSoup, where: str) -> None:
    main = soup.find("main")
    levels = [int(tag.name[1]) for tag in main.find_all(["h1", "h2", "h3", "h4"])] if isinstance(main, Tag) else []
    for before, after in pairwise(levels):
        assert after <= before + 1, f"{where}: a heading level is skipped ({levels})"
