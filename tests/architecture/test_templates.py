"""Templates: none unused, nothing inline, and block = id = target."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from jinja2 import nodes

from tests.architecture import tree

BLOCK = re.compile(r"\{%[-+]?\s*(?:block\s+(\w+)|(endblock))\b.*?%\}")
CALL = re.compile(r"(?<!macro )\b(\w+)\s*\(")
HTML = sorted(name for name in tree.template_sources() if name.endswith(".html"))
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=\s*[\"'{]"),
    "a <style> element": re.compile(r"<style\b"),
    "a <script> without src": re.compile(r"<script\b(?![^>]*\ssrc\s*=)"),
    "an inline event handler": re.compile(r"\son[a-z]+\s*=\s*[\"'{]"),
    "an hx-on attribute, which evaluates its text": re.compile(r"\shx-on\b"),
}


@cache
def references(name: str) -> list[tuple[str, str]]:
    """What a template extends, includes or imports, as (kind, name)."""
    return list(_references(name))


def _references(name: str) -> Iterator[tuple[str, str]]:
    kinds = {
        nodes.Extends: "extends",
        nodes.Include: "include",
        nodes.Import: "import",
        nodes.FromImport: "import",
    }
    for node in tree.jinja_environment().parse(tree.template_sources()[name]).find_all(tuple(kinds)):
        targets = node.template.items if isinstance(node.template, (nodes.List, nodes.Tuple)) else [node.template]
        for target in targets:
            if isinstance(target, nodes.Const):
                yield kinds[type(node)], target.value
            elif isinstance(target, nodes.Concat):  # one of several parts: "workshops/_phone_" ~ view ~ ".html"
                first, last = target.nodes[0], target.nodes[-1]
                assert isinstance(first, nodes.Const) and isinstance(last, nodes.Const)
                for part in HTML:
                    if part.startswith(first.value) and part.endswith(last.value):
                        yield kinds[type(node)], part


def cited_in_python() -> set[str]:
    literals = (
        node.value
        for path in tree.python_files("app")
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return set(literals)


def blocks(name: str) -> dict[str, str]:
    """Each block of a template with all that stands inside it."""
    source, found, opened = tree.template_sources()[name], {}, []
    for match in BLOCK.finditer(source):
        if match[1]:
            opened.append((match[1], match.end()))
        else:
            block, start = opened.pop()
            found[block] = source[start : match.start()]
    return found


@cache
def layouts() -> set[str]:
    return {target for name in HTML for kind, target in references(name) if kind == "extends"}


@cache
def structural_blocks() -> set[str]:
    """Blocks that a layout opens for its pages to fill: they are places, not parts."""
    return {block for name in layouts() for block in blocks(name)}


def pages() -> list[str]:
    return [name for name in HTML if any(kind == "extends" for kind, _target in references(name))]


@cache
def everything() -> str:
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in (tree.ROOT / "static/js").glob("*.js"))
    return "\n".join([tree.templates_text(), scripts, tree.app_text()])


def test_every_template_is_used() -> None:
    texts = {f"texts/{name}.fr.md" for name in re.findall(r'"([a-z-]+)"', tree.app_text())}
    papers = {f"pdf/{name}" for name in re.findall(r'"([a-z_]+\.typ)"', everything())}
    used = cited_in_python() | texts | papers | {target for name in HTML for _kind, target in references(name)}
    # The macros of ui/ are loaded together, as one global.
    unused = [name for name in tree.template_sources() if name not in used and not name.startswith("ui/")]
    assert not unused


def test_every_macro_is_called() -> None:
    uncalled, called = [], set(CALL.findall(everything()))
    for name in HTML:
        for macro in re.findall(r"\{%[-+]?\s*macro\s+([a-z]\w*)\s*\(", tree.template_sources()[name]):
            if macro not in called:
                uncalled.append(f"{name}: {macro}")
    assert not uncalled


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    found = [
        f"{name}: {match.group().strip()}"
        for name in HTML
        for match in FORBIDDEN[what].finditer(tree.template_sources()[name])
    ]
    assert not found


def test_every_target_is_an_element_of_some_page() -> None:
    text = tree.templates_text()
    targets = set(re.findall(r"""hx-target=["']#([\w-]+)["']""", text))
    missing = [
        target for target in sorted(targets) if not re.search(rf"""\bid=["']{target}["']|block {target}\b""", text)
    ]
    assert not missing


def test_every_block_of_a_page_holds_the_element_of_its_name() -> None:
    places = structural_blocks()
    missing = [
        f"{name}: {block}"
        for name in pages()
        for block, inside in blocks(name).items()
        if block not in places and not re.search(rf"""\bid=["']{block}["']""", inside)
    ]
    assert not missing


def test_every_block_of_a_page_is_asked_for_by_some_element() -> None:
    places, text = structural_blocks(), everything()
    unused = [
        f"{name}: {block}"
        for name in pages()
        for block, inside in blocks(name).items()
        if block not in places
        and not re.search(rf"#{block}\b", text)
        and not re.search(rf"""id="{block}"[^>]*hx-target="this\"""", inside)
    ]
    assert not unused


def test_only_full_pages_hold_blocks() -> None:
    full = set(pages()) | layouts()
    assert not [name for name in HTML if name not in full and blocks(name)]
