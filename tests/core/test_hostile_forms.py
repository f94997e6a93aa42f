"""Forms that no browser sends: refused in words, or read; never a failure of ours."""

import pytest

from tests.needs.test_say import WORDS
from tests.site import Site

BODY = "".join(
    f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    for name, value in {**WORDS, "title": r"Un banc \ud800 devant", "once": "q" * 30}.items()
)


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "raw_unicode_escape", "idna", "undefined", "utf-7", "rot13", "x"]
)
def test_whatever_the_charset_that_a_form_announces(site: Site, charset: str) -> None:
    headers = {"content-type": f"multipart/form-data; charset={charset}; boundary=b"}
    answer = site.visitor().request("POST", "/besoins", content=f"{BODY}--b--\r\n".encode(), headers=headers)
    assert answer.status_code in (200, 400, 403, 422)
