"""Lengths of files, functions and templates; `python -m tests.architecture.budgets` prints them."""

import ast
from pathlib import Path
from statistics import median, quantiles

from tests.architecture import tree

FILE_LIMIT = 300
FUNCTION_LIMIT = 60
TEMPLATE_LIMIT = 150
MEDIAN_FUNCTION = 8

Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def source_files() -> dict[str, int]:
    """Lines of each file that people write: Python, style sheets and browser modules."""
    files = tree.python_files("app", "tests", "bench")
    for pattern in ("css/*.css", "js/*.js"):
        files += sorted((tree.ROOT / "static").glob(pattern))
    return {path.relative_to(tree.ROOT).as_posix(): lines(path) for path in files}


def templates() -> dict[str, int]:
    return {name: len(text.splitlines()) for name, text in tree.template_sources().items()}


def functions(*folders: str) -> dict[str, int]:
    """Lines of each function, its docstring left out: explaining never costs."""
    lengths = {}
    for path in tree.python_files(*folders):
        for node in tree.statements(tree.parsed(path)):
            if isinstance(node, Function):
                place = f"{path.relative_to(tree.ROOT).as_posix()}:{node.lineno} {node.name}"
                lengths[place] = function_length(node)
    return lengths


def function_length(node: Function) -> int:
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node, clean=False) is None:
        return whole
    docstring = node.body[0]
    return whole - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def over(lengths: dict[str, int], limit: int) -> list[str]:
    return [f"{place}: {length} lines" for place, length in lengths.items() if length > limit]


def summary(what: str, lengths: dict[str, int]) -> str:
    values = [*lengths.values()] or [0]
    p95 = quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
    middle, longest = median(values), max(values)
    return f"{what}: {len(lengths)}, median {middle:.0f}, p95 {p95:.0f}, longest {longest}"


def report() -> str:
    app_files = {name: length for name, length in source_files().items() if name.startswith("app/")}
    return "\n".join(
        summary(what, lengths)
        for what, lengths in (
            ("functions of app/", functions("app")),
            ("files of app/", app_files),
            ("templates", templates()),
        )
    )


if __name__ == "__main__":
    print(report())
