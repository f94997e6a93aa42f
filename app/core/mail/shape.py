"""A mail as it travels: plain text, and the same words in HTML; no image, no tracker, nothing from a third party."""

import re
from collections.abc import Iterable
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from app.core.i18n import LOCALE
from app.core.i18n import gettext as _
from app.core.mail.records import Mail
from app.core.settings import get_settings

SIGNATURE = "-- "  # the line that parts the words of a mail from who sends it (RFC 3676, section 4.3)
_ADDRESS = re.compile(r"https?://[^\s<>\"«»]+[^\s<>\"«».,;:!?)\]]")
_STYLE = """
:root{color-scheme:light dark}
body{margin:0;background:#f3f5f4;color:#0d2530;font:17px/1.55 "Atkinson Hyperlegible Next",system-ui,sans-serif}
main{max-width:38em;margin:0 auto;padding:24px 20px;background:#fff;overflow-wrap:anywhere}
p,ul,blockquote{margin:0 0 1em}a{color:#0b5573}.name{font-weight:700;border-bottom:3px solid #e3d53a}
blockquote{border-left:3px solid #566a73;padding-left:14px}blockquote p:last-child{margin:0}
footer{color:#3a4d56;font-size:15px;border-top:1px solid #c6cfcf;padding-top:14px}
@media (prefers-color-scheme:dark){body{background:#0a1b23;color:#ebf1f1}main{background:#102833}a{color:#8fd0ee}
blockquote{border-color:#84a0ab}footer{color:#b7c7cc;border-color:#2c4a57}}
"""


def closing() -> str:
    """Who writes, and where to answer: the end of every mail."""
    settings = get_settings()
    return _(
        "%(line)s\nL’équipe d’Emglev\n%(site)s\n"
        "Une question ? Répondez à ce message ou téléphonez au %(phone)s."
    ) % {"line": SIGNATURE, "site": settings.public_url, "phone": settings.contact_phone}  # fmt: skip


def signed(body: str) -> str:
    """The words of a mail, with its closing."""
    return f"{body.rstrip()}\n\n{closing()}\n"


def one_line(text: str) -> str:
    """A subject that adds no header: every kind of line break and control goes, spaces that do not break stay."""
    printable = "".join(sign if sign.isprintable() or sign == "\u00a0" else " " for sign in text)
    return re.sub(" {2,}", " ", printable).strip()


def quoted(words: str) -> str:
    """Somebody's own words inside a mail, told apart from ours."""
    return "\n".join(f"> {line}".rstrip() for line in words.strip().splitlines())


def message(mail: Mail) -> EmailMessage:
    """The mail as SMTP wants it; tried again, it is the same to the letter, with its date and its identifier.

    Raises:
        ValueError: its address is none.
    """
    settings = get_settings()
    email = EmailMessage()
    email["From"] = settings.mail_from
    email["To"] = Address(addr_spec=mail.to)
    email["Reply-To"] = settings.contact_email
    email["Subject"] = mail.subject
    email["Date"] = format_datetime(mail.created_at)
    email["Message-ID"] = identifier(mail)
    email["Content-Language"] = LOCALE
    email["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        email["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    email.set_content(mail.body, cte="quoted-printable")  # seven bits and short lines, whatever is quoted
    email.add_alternative(page(mail.subject, mail.body), subtype="html", cte="quoted-printable")
    email.set_boundary(f"emglev-{mail.id}-{_moment(mail)}")
    return email


def identifier(mail: Mail) -> str:
    """The same at each try, never that of another mail, even after a copy of the database was put back."""
    host = urlsplit(get_settings().public_url).hostname or "localhost"
    return f"<emglev.{mail.id}.{_moment(mail)}@{host}>"


def _moment(mail: Mail) -> int:
    return round(mail.created_at.timestamp() * 1_000_000)


def page(subject: str, body: str) -> str:
    """The words of a mail as a page of its own."""
    words, _line, foot = body.partition(f"\n{SIGNATURE}\n")
    end = f"<footer>{_paragraph(foot.strip().splitlines())}</footer>" if foot else ""
    return (
        f'<!doctype html><html lang="{LOCALE}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(subject)}</title><style>{_STYLE}</style></head>\n"
        f'<body><main>\n<p><span class="name">Emglev</span></p>\n{_blocks(words)}\n{end}\n</main></body></html>\n'
    )


def _blocks(words: str) -> str:
    return "\n".join(_block(part.splitlines()) for part in re.split(r"\n{2,}", words.strip()))


def _block(lines: list[str]) -> str:
    """Paragraphs, lists, quoted words, as many as a part of the text holds, in order."""
    blocks: list[tuple[str, list[str]]] = []
    for line in lines:
        kind = next((mark for mark in ("> ", "- ") if line.startswith(mark) or line == mark.strip()), "")
        if not blocks or blocks[-1][0] != kind:
            blocks.append((kind, []))
        blocks[-1][1].append(line[len(kind) :])
    return "\n".join(_BLOCKS[kind](inner) for kind, inner in blocks)


def _paragraph(lines: Iterable[str]) -> str:
    return f"<p>{'<br>'.join(_linked(line) for line in lines)}</p>"


def _quote(lines: list[str]) -> str:
    parts = re.split(r"\n{2,}", "\n".join(lines).strip())
    return f"<blockquote>{''.join(_paragraph(part.splitlines()) for part in parts)}</blockquote>"


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{_linked(line)}</li>' for line in lines)}</ul>"


_BLOCKS = {"": _paragraph, "> ": _quote, "- ": _list}


def _linked(line: str) -> str:
    """Text made safe; addresses become links that show themselves whole."""
    done, parts = 0, []
    for found in _ADDRESS.finditer(line):
        address = escape(found.group())
        parts += [escape(line[done : found.start()]), f'<a href="{address}">{address}</a>']
        done = found.end()
    return "".join(parts) + escape(line[done:])
