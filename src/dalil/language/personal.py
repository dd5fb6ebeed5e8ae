"""Personal data in a text: where e-mail addresses, telephone numbers, accounts, cards and national numbers stand.

What carries a check digit is checked by it. Names and addresses are not guessed at: only a field can say that it holds one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dalil.language.analysis import fold
from dalil.records import PersonalKind

_PLAIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹\u00a0\u202f", "01234567890123456789  ")
"""Digits and spaces of every kind as one, each character in its place."""

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w-])")
_PHONES = (
    re.compile(r"(?<![\w.])(?:\+|00)[ .-]?(?:\d[ .()/-]{0,2}){8,14}(?<=\d)(?![\d])"),
    re.compile(r"(?<![\w.,/-])0[1-9](?:\d{8}|([ .-])\d\d(?:\1\d\d){3})(?![\w]|[.,]\d)"),  # 0612345678, 06 12 34 56 78
    re.compile(
        r"(?<![\w.,/-])0[5-8]\d\d[ .-]?(?:\d{6}|\d{3}[ .]\d{3}|\d\d([ .-])\d\d\1\d\d)(?![\w]|[.,]\d)"
    ),  # 0661-234567
)
_NIR = re.compile(r"(?<![\w.])[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d(?!\d)")
_CIN = re.compile(r"(?<!\w)[A-Z]{1,2} ?\d{5,6}(?!\w)")
_BEFORE_CIN = re.compile(r"\bcine?\b|\bcnie\b|carte nationale|carte d.identite nationale|البطاقه الوطنيه|بطاقه التعريف الوطنيه|ب\.ت\.و")  # fmt: skip
_NEAR = 60
_CARD = re.compile(r"(?<![\d.,+-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\d]|[.,]\d)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]){11,30}")
_RIB = re.compile(r"(?<!\d)\d{3}(?: ?\d){21}(?!\d)")
_IBANS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 DZ26 EE20 EG29 ES24 FI18 FO18 "
    "FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 "
    "MA28 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 "
    "SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
)
_IBAN_LENGTHS = {code[:2]: int(code[2:]) for code in re.findall(r"\w+", _IBANS)}
_FIELDS: dict[PersonalKind, re.Pattern[str]] = {
    "name": re.compile(r"(?:nom et )?prenoms?(?: et nom)?|nom de famille|nom complet|(?:first|last|full|family|given) name|surname|الاسم (?:الكامل|العاءلي|العايلي|الشخصي)"),
    "address": re.compile(r"adresse(?: postale| personnelle| du domicile)?|domicile|(?:postal|home) address|address|العنوان(?: الشخصي)?"),
    "birth": re.compile(r"(?:date|lieu) de naissance|ne\(?e?\)? le|(?:date|place) of birth|birth date|تاريخ (?:الازدياد|الميلاد)|مكان (?:الازدياد|الولاده)"),
    "id": re.compile(r"(?:n° ?|numero (?:de )?)?(?:cin|cine|cnie|nir)|رقم البطاقه الوطنيه"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Personal:
    """A piece of personal data: what it is and where it stands."""

    kind: PersonalKind
    start: int
    end: int

    @property
    def mask(self) -> str:
        """What stands in its place, the same in every language, so that a document and a question about it agree."""
        return f"[{self.kind}]"


def find_personal(text: str, kinds: Collection[PersonalKind]) -> list[Personal]:
    """The personal data of a text, in order, none over another."""
    plain = text.translate(_PLAIN)
    found = [Personal(kind, start, end) for kind, start, end in _candidates(plain) if kind in kinds]
    return apart(found)


def kind_of_field(name: str) -> PersonalKind | None:
    """What a field of that name holds, where the name says that it is a person's."""
    folded = " ".join(fold(name).split())
    return next((kind for kind, pattern in _FIELDS.items() if pattern.fullmatch(folded)), None)


def apart(found: Sequence[Personal]) -> list[Personal]:
    """In order, without those that lie over an earlier or longer one."""
    kept: list[Personal] = []
    for item in sorted(found, key=lambda item: (item.start, -item.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def masked(text: str, found: Sequence[Personal]) -> str:
    """The text with a mask in the place of each."""
    parts, at = [], 0
    for item in found:
        parts += [text[at : item.start], item.mask]
        at = item.end
    return "".join([*parts, text[at:]])


def _candidates(text: str) -> Iterator[tuple[PersonalKind, int, int]]:
    for match in _EMAIL.finditer(text):
        yield "email", *match.span()
    for match in _IBAN.finditer(text):
        if end := _iban_end(text, match.start()):
            yield "iban", match.start(), end
    for match in _RIB.finditer(text):
        if int(match.group().replace(" ", "")) % 97 == 0:  # the Moroccan account number, its last two digits the key
            yield "iban", *match.span()
    for match in _CARD.finditer(text):
        if _is_card(re.sub("[ -]", "", match.group())):
            yield "card", *match.span()
    for match in _NIR.finditer(text):
        if _is_nir(match.group().replace(" ", "")):
            yield "id", *match.span()
    for match in _CIN.finditer(text):
        line = text.rfind("\n", 0, match.start()) + 1
        if _BEFORE_CIN.search(fold(text[max(line, match.start() - _NEAR) : match.start()])):
            yield "id", *match.span()
    for pattern in _PHONES:
        for match in pattern.finditer(text):
            if not _counts_up(match.group()):
                yield "phone", *match.span()


def _counts_up(number: str) -> bool:
    """01 02 03 04 05 is a list, not a number to call."""
    pairs = [int(pair) for pair in re.findall(r"\d\d", number)] if re.fullmatch(r"\d\d(?:\D\d\d){4}", number) else []
    return len(pairs) == 5 and all(after - before == 1 for before, after in pairwise(pairs))


def _iban_end(text: str, start: int) -> int:
    """Where the account number that begins here ends; 0 where it is none."""
    length = _IBAN_LENGTHS.get(text[start : start + 2], 0)
    taken, at = "", start
    while at < len(text) and len(taken) < length and (text[at].isalnum() or text[at] == " "):
        taken += text[at].strip()
        at += 1
    if not length or len(taken) < length or text[at : at + 1].isalnum():
        return 0
    digits = "".join(str(int(c, 36)) for c in taken[4:] + taken[:4])
    return at if int(digits) % 97 == 1 else 0


def _is_card(digits: str) -> bool:
    """An issuer's range and length, and Luhn's check digit."""
    visa, amex = digits[0] == "4" and len(digits) in (13, 16, 19), digits[:2] in ("34", "37") and len(digits) == 15
    mastercard = len(digits) == 16 and (51 <= int(digits[:2]) <= 55 or 2221 <= int(digits[:4]) <= 2720)
    if not (visa or amex or mastercard or (digits[0] == "6" and len(digits) in (16, 19))):
        return False
    doubled = (int(c) * (1 + i % 2) for i, c in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _is_nir(number: str) -> bool:
    """The French social security number: 13 characters and the key 97 − n mod 97 (Corsica counts as 19 and 18)."""
    digits = number[:13].replace("2A", "19").replace("2B", "18")
    return len(digits) == 13 and digits.isdigit() and 97 - int(digits) % 97 == int(number[13:])
