"""Who may import whom: the contracts of pyproject.toml hold, and are shown able to fail."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import tree

# Where a fault is planted, what is added there, and the contract that must see it.
FAULTS = {
    "plumbing that imports a feature": ("core/errors.py", "import app.needs", "A line of the tree"),
    "a feature that imports one above it": ("threads/models.py", "import app.board", "A line of the tree"),
    "a package that no line of the tree names": ("utils.py", "", "A line of the tree"),
    "a read that imports a verb": ("needs/queries.py", "import app.needs.service", "Inside a feature"),
    "a file outside the eight names": ("needs/helpers.py", "", "Inside a feature"),
    "a verb that knows HTTP": ("needs/service.py", "import fastapi", "The domain does not know the web"),
    "rights that know HTTP": ("policy/rules.py", "import starlette", "The domain does not know the web"),
    "a route that holds SQL": ("needs/routes.py", "import sqlalchemy", "Routes hold no SQL"),
    "routes imported by a feature": ("portal/queries.py", "import app.needs.routes", "Only the application"),
}


def lint(folder: Path) -> tuple[bool, str]:
    """In a process of its own: the linter must read the copy, not the package imported here."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "300", "NO_COLOR": "1"}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    said = result.stdout.splitlines() + result.stderr.splitlines()
    return result.returncode == 0, "\n".join(line for line in said if line.isascii())


def test_the_tree_keeps_its_contracts() -> None:
    kept, said = lint(tree.ROOT)
    assert kept, said


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault: str, tmp_path: Path) -> None:
    file, code, contract = FAULTS[fault]
    shutil.copytree(tree.APP, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(tree.ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "app" / file).open("a", encoding="utf-8") as planted:
        planted.write(f"\n{code}\n")
    kept, said = lint(tmp_path)
    caught = [line for line in said.splitlines() if contract in line and line.endswith("BROKEN")]
    assert not kept and caught, said


def test_no_import_is_ignored() -> None:
    contracts = tree.pyproject()["tool"]["importlinter"]["contracts"]
    assert not [each["name"] for each in contracts if each.get("ignore_imports")]


def test_every_feature_is_under_the_contract_of_the_eight_files() -> None:
    expected = sorted(f"app.{feature}" for feature in tree.features())
    assert sorted(tree.contract("Inside a feature")["containers"]) == expected


def test_the_forms_of_a_feature_do_not_know_the_web() -> None:
    """Apart from the contract, because core/forms.py, which reads requests, bears the same name."""
    files = [*tree.APP.glob("*/forms.py"), *tree.APP.glob("*/forms/*.py")]
    for file in files:
        if file.relative_to(tree.APP).parts[0] != "core":
            odd = {name.split(".")[0] for name in imported(file)} & {"fastapi", "starlette", "jinja2"}
            assert not odd, f"{file.relative_to(tree.ROOT)} imports {odd}"


def test_pure_modules_import_nothing_of_ours() -> None:
    for name in tree.contract("Inside a feature").get("exhaustive_ignores", []):
        files = [*tree.APP.glob(f"*/{name}.py"), *tree.APP.glob(f"*/{name}/*.py")]
        assert files, f"{name} is declared as a pure module and does not exist"
        for file in files:
            odd = [module for module in ours(file) if module.split(".")[2:3] != [name]]
            assert not odd, f"{file.relative_to(tree.ROOT)} imports {odd}"


def test_states_import_only_the_machine_and_each_other() -> None:
    for file in [*tree.APP.glob("*/states.py"), *tree.APP.glob("*/states/*.py")]:
        allowed = {"app.core.machine", "app.core.i18n"}
        odd = [name for name in ours(file) if name not in allowed and ".states" not in name]
        assert not odd, f"{file.relative_to(tree.ROOT)} imports {odd}"


def ours(file: Path) -> list[str]:
    """The modules of the application that a file imports."""
    return [name for name in imported(file) if name.split(".")[0] == "app"]


def imported(file: Path) -> Iterator[str]:
    """Every module that a file imports; what is taken from a package counts as a module of it."""
    for node in ast.walk(tree.parsed(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            packages = ("app", "app.core")
            yield from (f"{module}.{alias.name}" if module in packages else module for alias in node.names)
