"""The worker of a multi-process installation: mails and other jobs, nothing else."""

import signal

from app.core import logs, mail
from app.core.db import Database
from app.core.jobs import Worker
from app.core.settings import get_settings

HANDLERS = (mail.send,)  # importing them registers them


def main() -> None:
    """Work until told to stop."""
    settings = get_settings()
    logs.configure(settings.log_format)
    worker = Worker(Database(settings.effective_database_url, slots=2))
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_args: worker.stop())
    worker.run()
