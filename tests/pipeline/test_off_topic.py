"""Questions of elsewhere: of each of the workspace's languages as many, never more than there are."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from dalil.pipeline.off_topic import off_topic
from dalil.records import Language


def test_each_language_has_its_own_and_as_many() -> None:
    found = off_topic(["fr", "ar", "ary", "ary-Latn"], 20)
    assert Counter(question.language for question in found) == {"fr": 5, "ar": 5, "ary": 5, "ary-Latn": 5}
    assert off_topic(["fr", "ar", "ary", "ary-Latn"], 20) == found


def test_no_language_is_without_any_and_none_is_asked_twice() -> None:
    for language in get_args(Language):
        found = off_topic([language], 1000)
        assert len(found) >= 20, language
        assert len({question.id for question in found}) == len(found)
