"""Every page of the portal."""

from fastapi import APIRouter

from app.portal.routes import (
    account,
    appeals,
    authoring,
    closing,
    data,
    demo,
    files,
    follows,
    grouped,
    health,
    home,
    mails,
    organisation,
    space,
    texts,
    tracking,
    unsubscribe,
)

router = APIRouter()
for part in (
    home, tracking, files, authoring, grouped, space, appeals, follows, unsubscribe, mails, organisation, account, data,
    closing, texts, demo, health,
):  # fmt: skip
    router.include_router(part.router)
