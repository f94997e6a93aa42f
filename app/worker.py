"""The worker of a multi-process installation: mails and other jobs, nothing else."""

import signal

from app.core import logs, mail
from app.core.db import Database
from app.core.jobs import Worker
from app.core.settings import get_settings
from app.moderation.service import undoing
from app.needs.service import supporters
from app.portal import jobs as portal
from app.threads.service import files, follows
from app.workshops import jobs as workshops

# Importing them registers them.
HANDLERS = (
    mail.send, mail.send_bulk, follows.tell, supporters.tell, undoing.forget, portal.weekly_letters,
    files.forget_bytes, workshops.remind, workshops.left_open,
)  # fmt: skip
REGULAR = (*portal.REGULAR, *workshops.REGULAR)


def main() -> None:
    """Work until told to stop."""
    settings = get_settings()
    logs.configure(settings.log_format)
    worker = Worker(Database(settings.effective_database_url, slots=2), regular=REGULAR)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_args: worker.stop())
    worker.run()
