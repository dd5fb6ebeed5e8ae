"""Arabic as PDF files hold it → Arabic as people type it, judged by where the letters stand on the page.

Runs in the reading process. Every repair asks the boxes of the characters, none a dictionary: correct text passes unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LETTERS = "\u0621-\u064a\u066e-\u06d3\ufb50-\ufdff\ufe70-\ufeff"
_RUN = re.compile(f"[{LETTERS}\u064b-\u0652\u0670]{{2,}}")
_ARABIC = re.compile(f"[{LETTERS}]")
_ARABIC_RUN, _LATIN_RUN = re.compile(f"[{LETTERS}]+"), re.compile(r"[A-Za-zÀ-ÿ]+")
_BRACKET = re.compile(r"[()\[\]{}]")
_LAM_ALEF = re.compile("(?=[اأإآٱ]ل)")
_NUMBER = re.compile(r"(?<![\w.,/])\d[\d.,/:\-–]*\d")
_STOP_BEFORE_NUMBER = re.compile(r"(?<!\S)[.,:!؟،؛](?=\d)(\d[\d.,/]*)(?!\S)")
_GROUPS = re.compile(r"(?<![\w.,])(\d{3}(?:[  \u202f]\d{3})*)[  \u202f](\d{1,3})(?![\w.,/])")
_OPEN, _CLOSE = str.maketrans(")]}", "([{"), str.maketrans("([{", ")]}")
_OPENS = re.compile(r"(?<!\S)[)\]}](?=\w)")
_CLOSES = re.compile(r"(?<=\w)[(\[{](?=[\s.،؛,:]|$)")
_PAIR = re.compile(r"[()]")
_GLUED = re.compile(f"([A-Za-z])(?=[{LETTERS}])")
_AGAINST_OPEN = re.compile(rf"(?<=\w)\((?=\s)|(?<=[{LETTERS}])\((?=\w)")
_AFTER_OPEN = re.compile(r"\(\s+")
_BEFORE_CLOSE = re.compile(r"\s*\)(?=\w)")
_INSIDE = re.compile(r"\(([^()]*[^()\s])\s+\)")
_SPACE_BEFORE = re.compile(r"\s(?<=\S\s)\s*(?=[.,،؛:؟!)\]](?:\s|$|[)\]]))")

Left = Callable[[int], tuple[float, float] | None]
"""(left, right) of the character at a place of the text, or None where it has no box."""


def has_arabic(text: str) -> bool:
    """Whether anything is to be done at all."""
    return _ARABIC.search(text) is not None


def repair_letters(text: str, box: Left) -> str:
    """Words whose letters come from left to right are turned; lam-alef ligatures, which come as alef + lam, put right."""
    characters = list(text)
    turned = set[int]()
    for run in _RUN.finditer(text):
        first, last = box(run.start()), box(run.end() - 1)
        if first and last and first[0] < last[0]:
            characters[run.start() : run.end()] = reversed(run.group())
            turned.update(range(run.start(), run.end()))
    for pair in _LAM_ALEF.finditer(text):
        i = pair.start()
        if i not in turned and (one := box(i)) is not None and one == box(i + 1):
            characters[i], characters[i + 1] = text[i + 1], text[i]
    return "".join(characters)


def repair_numbers(text: str, box: Left) -> str:
    """Numbers in lines of Arabic read from left to right as they stand; a full stop left of one follows it.

    No length changes, so that places of the text stay what they were.
    """
    if not runs_right_to_left(text):
        return text
    characters = list(text)
    for number in _NUMBER.finditer(text):
        boxes = [box(i) for i in range(*number.span())]
        if all(boxes):
            order = sorted(range(len(boxes)), key=lambda i: boxes[i][0])  # type: ignore[index]
            characters[number.start() : number.end()] = [number.group()[i] for i in order]
    for stop in _STOP_BEFORE_NUMBER.finditer(text):
        mark, digit = box(stop.start()), box(stop.start(1))
        if mark and digit and mark[0] < digit[0]:
            moved = characters[stop.start()]
            characters[stop.start() : stop.end()] = [*characters[stop.start() + 1 : stop.end()], moved]
    for groups in _GROUPS.finditer(text):
        first, second = box(groups.start(1)), box(groups.start(2))
        if first and second and second[0] < first[0]:
            turned = " ".join([groups.group(2), *reversed(groups.group(1).split())])
            characters[groups.start() : groups.end()] = turned
    return "".join(characters)


def runs_right_to_left(text: str) -> bool:
    """Whether a line holds more Arabic than Latin letters."""
    arabic = len(text) - len(_ARABIC_RUN.sub("", text))
    return arabic > 0 and arabic > len(text) - len(_LATIN_RUN.sub("", text))


def repair_marks(line: str) -> str:
    """Brackets that come mirrored, in a finished line of Arabic, and spaces that a change of direction makes or swallows."""
    if not runs_right_to_left(line):
        return line
    if not _BRACKET.search(line):
        return _GLUED.sub(r"\1 ", _SPACE_BEFORE.sub("", line))
    if len(_PAIR.findall(line)) == 2:  # one pair, however its two halves come
        first = _PAIR.search(line)
        assert first is not None
        inside = line[first.end() :]
        line = f"{line[: first.start()]}({_PAIR.sub(')', inside)}"
        line = _BEFORE_CLOSE.sub(") ", _AFTER_OPEN.sub("(", _AGAINST_OPEN.sub(" (", line)))
    line = _OPENS.sub(lambda m: m.group().translate(_OPEN), line)
    line = _CLOSES.sub(lambda m: m.group().translate(_CLOSE), line)
    return _GLUED.sub(r"\1 ", _INSIDE.sub(r"(\1)", _SPACE_BEFORE.sub("", line)))
