"""The bones of a page: what its validity hangs on, without the words that change from one test to the next."""

import re

# A comment, or a tag with its quoted values; what stands between two of them is text.
_TAG = re.compile(r"(<!--.*?-->|<(?:\"[^\"]*\"|'[^']*'|[^'\">])*>)", re.DOTALL)
# Text and values made of these alone can be neither right nor wrong: no quote, no bracket, no odd reference or character.
_PLAIN = r"(?:[ \n\w.,;:!?/()%+*=@#$§°€«»“”’…–—\u00a0\u202f\u2009-]|&(?:amp|lt|gt|quot|#34|#39);)*+"
_WORDS = re.compile(rf"(?=\s*\S){_PLAIN}")
# No check reads what these hold.
_VALUE = re.compile(
    rf'(\s(?:href|value|action|content|datetime|alt|title|d|points|hx-[a-z-]+|data-[a-z-]+)=")(?!"){_PLAIN}(?=")'
)


def skeleton(html: str) -> str:
    """The same page, its plain words and plain values put as « x »; the title and every other attribute stay.

    Two pages of one skeleton are both valid, or both wrong for the same reason: tags, their order and nesting, ids,
    labels, types, names, empty texts and empty values are all there; so is every text with a character or a reference
    that HTML might refuse.
    """
    parts = _TAG.split(html)
    for place in range(0, len(parts), 2):
        if _WORDS.fullmatch(parts[place]) and not (place and parts[place - 1].lower() == "<title>"):
            parts[place] = "x"
    for place in range(1, len(parts), 2):
        parts[place] = _VALUE.sub(r"\1x", parts[place])
    return "".join(parts)
