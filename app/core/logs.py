"""Structured logs: readable lines in development, JSON in production, never personal data."""

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic_core import PydanticSerializationError, to_json

_processors: list[structlog.types.Processor] = []  # one list for ever: loggers keep it once they have spoken


class Lines:
    """Writes each line at once to what is the standard output at this moment."""

    def msg(self, line: str) -> None:
        """One line."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    log = debug = info = warning = warn = error = critical = exception = fatal = msg


def _as_json(event: Any, default: Callable[[Any], Any]) -> str:
    """The quick way; the standard one for what is not text, such as a half character in an address."""
    try:
        return to_json(event, fallback=default).decode()
    except (PydanticSerializationError, UnicodeError):
        return json.dumps(event, default=default)


def _stamp(_logger: Any, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    event["timestamp"] = f"{datetime.now(UTC).isoformat()[:-6]}Z"
    return event


def configure(log_format: str) -> None:
    """Choose the shape of every log line: ``json`` or ``text``."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(_as_json)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    _processors[:] = [
        structlog.processors.add_log_level,
        _stamp,
        structlog.processors.format_exc_info,
        renderer,
    ]
    structlog.configure(
        processors=_processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: Lines(),
        cache_logger_on_first_use=True,
    )
