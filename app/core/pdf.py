"""PDF/UA through Typst, in a process of its own; data goes in as JSON, never as markup."""

import json
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from app.core.errors import UnavailableError
from app.core.i18n import gettext as _

TEMPLATES = Path("templates/pdf")
FONTS = Path("static/vendor")
SECONDS = 20


def compile_document(template: str, data: str) -> bytes:
    """Compile one Typst template with its data (runs in the worker process)."""
    import typst

    pdf = typst.compile(
        str(TEMPLATES / template), root=str(TEMPLATES), font_paths=[str(FONTS)], ignore_system_fonts=True,
        format="pdf", pdf_standards=["ua-1"], sys_inputs={"data": data},
    )  # fmt: skip
    if not isinstance(pdf, bytes):
        raise TypeError("one document expected")
    return pdf


@lru_cache(maxsize=1)
def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))


def render(template: str, data: dict[str, Any]) -> bytes:
    """A tagged PDF; always offer its HTML twin beside it.

    Raises:
        UnavailableError: the document took more than ``SECONDS`` seconds.
    """
    packed = json.dumps(data, ensure_ascii=False)
    try:
        return _pool().submit(compile_document, template, packed).result(SECONDS)
    except BrokenProcessPool:  # the worker was killed: another takes its place
        _pool.cache_clear()
        return _pool().submit(compile_document, template, packed).result(SECONDS)
    except TimeoutError as slow:
        raise UnavailableError(_("Le PDF tarde à se faire. Réessayez dans une minute."), retry_after=60) from slow


def shutdown() -> None:
    """End the worker process, if it was ever started."""
    if _pool.cache_info().currsize:
        _pool().shutdown(wait=False, cancel_futures=True)
        _pool.cache_clear()
