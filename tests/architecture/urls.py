"""The addresses that people read; `python -m tests.architecture.urls` writes them anew in urls.txt."""

from tests.architecture import tree

COMMITTED = tree.ROOT / "tests" / "architecture" / "urls.txt"


def readable() -> list[str]:
    """Every path of every feature that a GET reaches."""
    return sorted({route.path or "/" for route in tree.routes() if "GET" in (route.methods or ())})


def committed() -> list[str]:
    return COMMITTED.read_text(encoding="utf-8").split()


if __name__ == "__main__":
    COMMITTED.write_text("\n".join(readable()) + "\n", encoding="utf-8")
