"""What a lock file may hold: versions and hashes, never an address."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NPM_LOCK = ROOT / "package-lock.json"


def drop_funding() -> None:
    """npm copies each author's donation page into its lock; it locks nothing and is an address."""
    lock = json.loads(NPM_LOCK.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
    NPM_LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    drop_funding()
