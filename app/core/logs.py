"""Structured logs: readable lines in development, JSON in production, never personal data."""

import logging
import sys

import structlog

_processors: list[structlog.types.Processor] = []  # one list for ever: loggers keep it once they have spoken


class Lines:
    """Writes each line at once to what is the standard output at this moment."""

    def msg(self, line: str) -> None:
        """One line."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    log = debug = info = warning = warn = error = critical = exception = fatal = msg


def configure(log_format: str) -> None:
    """Choose the shape of every log line: ``json`` or ``text``."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    _processors[:] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        renderer,
    ]
    structlog.configure(
        processors=_processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: Lines(),
        cache_logger_on_first_use=True,
    )
