"""Verbs about identity: proofs by e-mail, sessions, people, roles, organisations."""

from app.identity.service.people import in_hand, new_pseudonym, person_for, place_demo_person, staying, tell
from app.identity.service.proofs import (
    CODE_TRIES,
    CONFIRMATION_LIFE,
    SIGN_IN,
    issue_proof,
    matches_browser,
    request_sign_in,
    try_code,
    usable,
    use,
)
from app.identity.service.sessions import (
    ask_rotation,
    close_session,
    end_sessions,
    needs_a_write,
    note_device,
    open_session,
    rotate_now,
    seen,
)

__all__ = [
    "CODE_TRIES", "CONFIRMATION_LIFE", "SIGN_IN", "ask_rotation", "close_session", "end_sessions", "in_hand",
    "issue_proof", "matches_browser", "needs_a_write", "new_pseudonym", "note_device", "open_session", "person_for",
    "place_demo_person", "request_sign_in", "rotate_now", "seen", "staying", "tell", "try_code", "usable", "use",
]  # fmt: skip
