"""Measures that stand beside the judge: how close the words of an answer are to the gold's. All lie between 0 and 1.

Words are those of `dalil.language` (folded, in any script), so that Arabic and accented French are not lost as in
tokenisers made for English. Both texts empty: 1 (identical); one empty: 0.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from dalil.language import fold, identify, words
from dalil.records import Language

CHRF_ORDER, CHRF_BETA, BLEU_ORDER = 6, 2.0, 4
_ENDED = re.compile(r"[.!?…؟۔:»”\"’')\]]\s*$")
_LAST_PART = re.compile(r".*[\n;؛•.!?؟]", re.DOTALL)
_LONG_PART, _TELLING = 12, 4


def exact_match(gold: str, answer: str) -> float:
    """1 where both have the same words in the same order."""
    return float(words(gold) == words(answer))


def token_f1(gold: str, answer: str) -> float:
    """F1 of the words as multisets, as in SQuAD (Rajpurkar et al., 2016), without dropping articles."""
    wanted, given = Counter(words(gold)), Counter(words(answer))
    return _f_score((wanted & given).total(), wanted.total(), given.total())


def recall(gold: str, answer: str) -> float:
    """The share of the gold's words that the answer holds, as multisets."""
    wanted, given = Counter(words(gold)), Counter(words(answer))
    return (wanted & given).total() / wanted.total() if wanted else float(not given)


def rouge_l(gold: str, answer: str) -> float:
    """F1 of the longest common subsequence of words (Lin, 2004, with precision and recall weighed equally)."""
    wanted, given = words(gold), words(answer)
    return _f_score(_common_subsequence(wanted, given), len(wanted), len(given))


def chrf(gold: str, answer: str) -> float:
    """chrF2 (Popović, 2015) of the folded texts: characters 1–6 without spaces, no words, orders both texts have.

    Folding first: without it one Arabic phrase with and without diacritics would be half apart.
    """
    wanted, given = ("".join(fold(text).split()) for text in (gold, answer))
    if not wanted or not given:
        return float(wanted == given)
    orders = range(1, min(CHRF_ORDER, len(wanted), len(given)) + 1)
    shares = [_character_shares(wanted, given, order) for order in orders]
    precision = sum(share[0] for share in shares) / len(shares)
    found = sum(share[1] for share in shares) / len(shares)
    factor = CHRF_BETA**2
    return (1 + factor) * precision * found / (factor * precision + found) if precision + found else 0.0


def bleu(gold: str, answer: str) -> float:
    """Sentence BLEU-4 with one added to matches and counts of orders above 1 (Lin and Och, 2004)."""
    wanted, given = words(gold), words(answer)
    if not wanted or not given:
        return float(wanted == given)
    total = 0.0
    for order in range(1, BLEU_ORDER + 1):
        ours, theirs = _grams(given, order), _grams(wanted, order)
        extra = int(order > 1)
        matches = (ours & theirs).total() + extra
        if not matches:
            return 0.0
        total += math.log(matches / (ours.total() + extra))
    brevity = min(0.0, 1 - len(wanted) / len(given))
    return math.exp(total / BLEU_ORDER + brevity)


def language_match(question: Language, answer: str) -> float | None:
    """1 where the answer is in the question's language, else 0; None where under four words tell nothing."""
    return float(identify(answer, (question,)) == question) if len(words(answer)) >= _TELLING else None


def truncated(text: str) -> bool:
    """Whether a text ends in the middle of a sentence: its last part is long, and no mark ends it."""
    text = text.strip()
    if not text or _ENDED.search(text):
        return False
    before = _LAST_PART.match(text)  # searched for, it would be tried at every letter of a text without a mark
    last = text[before.end() if before else 0 :]
    return text.endswith((",", "،", "-")) or len(words(last)) >= _LONG_PART


def _f_score(common: int, wanted: int, given: int) -> float:
    return 2 * common / (wanted + given) if wanted + given else 1.0


def _common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    row = [0] * (len(second) + 1)
    for word in first:
        before = 0
        for i, other in enumerate(second, start=1):
            before, row[i] = row[i], before + 1 if word == other else max(row[i], row[i - 1])
    return row[-1]


def _character_shares(wanted: str, given: str, order: int) -> tuple[float, float]:
    ours, theirs = _grams(given, order), _grams(wanted, order)
    matches = (ours & theirs).total()
    return matches / ours.total(), matches / theirs.total()


def _grams(sequence: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(sequence[i : i + order]) for i in range(len(sequence) - order + 1))
