"""The sources as the architecture tests read them."""

import ast
import gc
import importlib
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
TEMPLATES = ROOT / "templates"

# Packages of app/ that are no feature: plumbing, and the demonstration's data.
NOT_FEATURES = {"core", "policy", "seed"}


def features() -> list[str]:
    """Every feature of the application, by its package name."""
    packages = (path.parent.name for path in APP.glob("*/__init__.py"))
    return sorted(set(packages) - NOT_FEATURES)


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """The tree of a module; the collector, which would go through it twenty times as it grows, waits."""
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        gc.enable()


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Every statement under a node, however deep; expressions, which hold none, are not walked."""
    for field in ("body", "handlers", "orelse", "finalbody", "cases"):
        below = getattr(node, field, ())
        for child in below if isinstance(below, list) else ():
            if isinstance(child, ast.stmt):
                yield child
            yield from statements(child)


@cache
def template_sources() -> dict[str, str]:
    """Every template's text by its name, comments removed."""
    env = jinja_environment()
    sources = {}
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_file():
            tokens = env.lexer.tokeniter(path.read_text(encoding="utf-8"), None)
            kept = (text for _line, kind, text in tokens if not kind.startswith("comment"))
            sources[path.relative_to(TEMPLATES).as_posix()] = "".join(kept)
    return sources


@cache
def jinja_environment() -> Any:
    """Reads the same syntax as the application, without its globals."""
    from jinja2 import Environment

    return Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])


@cache
def templates_text() -> str:
    """All the templates, likewise."""
    return "\n".join(template_sources().values())


@cache
def app_text() -> str:
    """All the Python of the application, for « is this word cited somewhere »."""
    return "\n".join(path.read_text(encoding="utf-8") for path in python_files("app"))


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def contract(name_part: str) -> dict[str, Any]:
    """The import contract whose name holds these words."""
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if name_part in each["name"])


def routes() -> Iterator[Any]:
    """Every route of every feature: each has `path`, `name` and `methods`."""
    for feature in features():
        if (APP / feature / "routes.py").is_file() or (APP / feature / "routes").is_dir():
            module = importlib.import_module(f"app.{feature}.routes")
            yield from flat_routes(module.router)
            yield from getattr(module, "LIGHT", module.router.__class__()).routes


def flat_routes(router: Any) -> Iterator[Any]:
    """Routers included in a router stay one nested entry: they are opened here."""
    for route in router.routes:
        if hasattr(route, "effective_route_contexts"):
            yield from route.effective_route_contexts()
        else:
            yield route
