"""French punctuation that a line break must not tear off: U+00A0 before « : ; ? ! » and %, inside guillemets."""

import re

from tests.architecture import tree

MARKED = re.compile(r'(?:_|ngettext|label)\(\s*((?:"(?:[^"\\]|\\.)*"\s*,?\s*)+)')
TORN = re.compile(r'\S [:;?!»](?=[\s"<)]|$)|« | %%')


def test_double_punctuation_stays_with_its_word() -> None:
    sources = tree.template_sources() | {str(p): p.read_text("utf-8") for p in tree.python_files("app")}
    torn = [
        f"{name}: …{words[max(0, found.start() - 20) : found.end() + 5]}…"
        for name, source in sources.items()
        for words in MARKED.findall(source)
        for found in TORN.finditer(words)
    ]
    assert not torn, "\n".join(torn[:20])
