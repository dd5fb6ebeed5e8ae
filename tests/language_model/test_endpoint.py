"""A model at an address, against the stand-in: what comes, what it costs, what is tried again, and every way to fail."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from dalil.config_models import EndpointSettings
from dalil.errors import ModelError, ModelUnavailable
from dalil.language_model.endpoint import Endpoint
from dalil.language_model.http import Http
from dalil.language_model.keys import find_key
from dalil.language_model.ledger import Ledger
from dalil.records import Turn
from dalil.seams import Completion, Piece, Request
from dalil.testing.llm_server import Entry, LlmServer, Reply

ASKED = Request("Combien coûte le timbre ?", "Réponds court.", "[1] Timbre\nLe timbre coûte 75 dirhams.", max_tokens=50)


def settings(server: LlmServer, **more: object) -> EndpointSettings:
    return EndpointSettings.model_validate({"base_url": server.base_url, **more})


def endpoint(server: LlmServer, pauses: list[float] | None = None, **more: object) -> Endpoint:
    given = settings(server, **more)
    return Endpoint(
        given, Http(given, server.key, sleep=(pauses if pauses is not None else []).append), name="assistant"
    )


def completion(model: Endpoint | Ledger, request: Request = ASKED) -> Completion:
    *_, last = model.generate(request)
    assert isinstance(last, Completion)
    return last


def failing(script: Entry | list[Entry], **more: Any) -> tuple[ModelError, LlmServer]:
    with LlmServer(script) as server, pytest.raises(ModelError) as caught:
        completion(endpoint(server, **more))
    return caught.value, server


def _json(body: str) -> Reply:
    return Reply(body=body, kind="application/json")


def test_an_answer_comes_in_pieces_with_its_tokens_and_price() -> None:
    with LlmServer(Reply("75 dirhams [1].")) as server:
        model = endpoint(server, price_per_million_in=2, price_per_million_out=10, currency="MAD")
        *pieces, last = model.generate(ASKED)
    assert [piece.text for piece in pieces if isinstance(piece, Piece)] == ["75", " dirhams", " [1]."]
    (body,) = server.asked
    words = sum(len(message["content"].split()) for message in body["messages"])
    assert last == Completion("75 dirhams [1].", words, 3, cost=(2 * words + 10 * 3) / 1e6, currency="MAD")
    assert body["model"] == "stand-in"
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["messages"][1]["content"] == f"{ASKED.context}\n\n{ASKED.question}"


def test_a_server_that_neither_streams_nor_counts() -> None:
    with LlmServer([Reply("75 dirhams.", streams=False), Reply("75 dirhams.", usage=False)]) as server:
        model = endpoint(server)
        assert completion(model).text == "75 dirhams."
        estimated = completion(model)
    assert estimated.tokens_in >= len(ASKED.context) / 4
    assert estimated.tokens_out == model.count_tokens("75 dirhams.") > 0


@pytest.mark.parametrize(
    "reply",
    [
        _json('{"choices": [{"message": {"content": "75 dirhams."}}]}'),
        _json('{"choices": [{"message": {"content": [{"type": "text", "text": "75 dirhams."}]}}], "usage": "many"}'),
        _json('{"choices": [{"message": {"content": "75 dirhams."}}], "usage": {"prompt_tokens": "9"}}'),
        _json('{"choices": [{"message": {"content": null, "refusal": "75 dirhams."}}]}'),
        Reply("75 dirhams.", comments=2),
    ],
    ids=["says not why it ended", "in parts", "counts in words", "a refusal", "kept open"],
)
def test_servers_that_differ_in_form_are_understood(reply: Reply) -> None:
    with LlmServer(reply) as server:
        said = completion(endpoint(server, model="m", price_per_million_in=1))
    assert said.text == "75 dirhams."
    assert said.tokens_in > 0 < said.cost


@pytest.mark.parametrize(
    "thought", ["<think>Which stamp? This one.</think>\n\n", "Which stamp? This one.\n</think>\n\n"]
)
def test_what_a_model_thinks_aloud_is_no_part_of_its_answer(thought: str) -> None:
    with LlmServer(Reply(f"{thought}75 dirhams.", usage=False)) as server:
        *pieces, last = endpoint(server).generate(ASKED)
    assert isinstance(last, Completion)
    assert last.text == "75 dirhams."
    assert last.tokens_out > 10, "but it is paid for"
    if thought.startswith("<think>"):
        assert "".join(piece.text for piece in pieces) == last.text


def test_turns_before_the_question_are_sent_as_turns() -> None:
    with LlmServer(Reply("75.")) as server:
        completion(endpoint(server, model="big"), Request("Et la carte ?", history=(Turn("Le timbre ?", "75."),)))
    assert [m["content"] for m in server.asked[0]["messages"]] == ["Le timbre ?", "75.", "Et la carte ?"]
    assert server.asked[0]["model"] == "big"


def test_a_busy_server_is_tried_again_as_it_asks() -> None:
    pauses: list[float] = []
    with LlmServer([Reply(status=429, headers={"Retry-After": "7"}), Reply(status=503), Reply("75.")]) as server:
        assert completion(endpoint(server, pauses)).text == "75."
    assert pauses == [7.0, 1.0]


def test_a_server_that_stays_busy_or_asks_for_an_hour_is_left_alone() -> None:
    error, server = failing(Reply("quota", status=429), max_retries=2)
    assert len(server.asked) == 3
    assert "429" in error.message
    error, server = failing(Reply("quota", status=429, headers={"Retry-After": "3600"}))
    assert len(server.asked) == 1


def test_what_a_server_does_not_know_is_left_out() -> None:
    refusals = [Reply("Unknown parameter: 'stream_options'", status=400),
                Reply("Use 'max_completion_tokens' instead of max_tokens", status=400),
                Reply("'temperature' is not supported", status=422)]  # fmt: skip
    with LlmServer([*refusals, Reply("75.")]) as server:
        assert completion(endpoint(server)).text == "75."
    assert server.asked[-1].keys() == {"model", "messages", "stream", "max_completion_tokens"}


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply("75 dirhams [1].", cut_after=1), "broke in the middle"),
        (Reply(""), "answered nothing"),
        (Reply(body="<!doctype html><p>Welcome"), "not JSON"),
        (Reply("75.", latency_s=0.6), "did not answer within 0.3 s"),
        (Reply("one two three four five", pause_s=0.12), "not ready within 0.3 s"),
        (Reply("context too long", status=400), "refused the request (400): context too long"),
        (Reply("75.", comments=9, pause_s=0.1), "did not answer within 0.3 s"),
        (_json('{"choices": ['), "not JSON"),
        (_json("[1]"), "no answer of a chat: [1]"),
        (_json('{"choices": "75."}'), "no answer of a chat"),
        (_json('{"choices": [null]}'), "no answer of a chat"),
        (_json('{"choices": [{"message": "75."}]}'), "no answer of a chat"),
        (_json('{"choices": [{"message": {"content": 75}}]}'), "no answer of a chat"),
        (Reply("<think>Which stamp?", finish="length"), "answered nothing"),
    ],
    ids=[
        "cut",
        "nothing",
        "a web page",
        "no answer",
        "too slow",
        "a bad request",
        "only kept open",
        "broken JSON",
        "a list",
        "no choices",
        "no choice",
        "no message",
        "no text",
        "only thoughts",
    ],
)
def test_an_answer_that_fails_is_not_asked_for_again(reply: Reply, said: str) -> None:
    error, server = failing(reply, timeout_s=0.3)
    assert said in error.message
    assert error.hint
    assert len(server.asked) == 1


def test_a_wrong_key_names_its_variable_and_never_the_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# keys\nexport SHOP_KEY='sk-from-file'\n", encoding="utf-8")
    with LlmServer(Reply("75."), key="sk-right") as server:
        given = settings(server, api_key_env="SHOP_KEY")
        assert find_key(given, tmp_path) == "sk-from-file"
        with pytest.raises(ModelUnavailable) as caught:
            completion(Endpoint(given, Http(given, find_key(given, tmp_path)), name="shop"))
        assert "refused the key of SHOP_KEY" in str(caught.value)
        assert "sk-" not in str(caught.value)
        monkeypatch.setenv("SHOP_KEY", "sk-right")
        assert completion(Endpoint(given, Http(given, find_key(given, tmp_path)), name="shop")).text == "75."
        with pytest.raises(ModelUnavailable, match="api_key_env"):
            completion(Endpoint(settings(server), Http(settings(server)), name="shop"))


def test_one_providers_key_does_not_go_to_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
    assert find_key(EndpointSettings(base_url="https://api.openai.com/v1"), tmp_path) == "sk-openai"
    assert find_key(EndpointSettings(base_url="https://api.example.org/v1"), tmp_path) == ""


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = EndpointSettings(base_url=f"http://127.0.0.1:{port}/v1", model="m", max_retries=2)
    pauses: list[float] = []
    with pytest.raises(ModelUnavailable, match="Nobody answers"):
        completion(Endpoint(given, Http(given, sleep=pauses.append), name="nobody"))
    assert pauses == [0.5, 1.0]


def test_offline_reaches_this_machine_only() -> None:
    with pytest.raises(ModelUnavailable, match="--offline"):
        Http(EndpointSettings(base_url="https://api.example.org/v1"), offline=True)
    with LlmServer(Reply("75.")) as server:
        given = settings(server)
        assert completion(Endpoint(given, Http(given, offline=True), name="here")).text == "75."


def test_closing_the_generator_stops_the_server() -> None:
    with LlmServer(Reply("word " * 500, pause_s=0.01)) as server:
        parts = endpoint(server).generate(ASKED)
        next(parts)
        parts.close()
        assert server.broken.wait(timeout=5)


def test_what_was_paid_for_is_never_asked_again(tmp_path: Path) -> None:
    with LlmServer([Reply("75 dirhams.", latency_s=0.05), Reply("autre"), Reply("encore")], key="sk-secret") as server:
        given = settings(server, price_per_million_out=10, api_key_env="SHOP_KEY")
        paid = completion(Ledger(Endpoint(given, Http(given, "sk-secret"), name="shop"), tmp_path))
        dearer = settings(server, price_per_million_out=20, api_key_env="SHOP_KEY")
        again = completion(Ledger(Endpoint(dearer, Http(dearer, "sk-secret"), name="shop"), tmp_path))
        assert len(server.asked) == 1
        assert (again.text, again.tokens_in, again.tokens_out) == (paid.text, paid.tokens_in, paid.tokens_out)
        assert again.cost == 2 * paid.cost > 0
        assert again.seconds >= 0.05
        (kept,) = tmp_path.rglob("*.json")
        assert "sk-secret" not in kept.read_text("utf-8")
        other = Request("Et la carte ?")
        assert (
            completion(Ledger(Endpoint(given, Http(given, "sk-secret"), name="shop"), tmp_path), other).text == "autre"
        )
        kept.write_text("{", encoding="utf-8")
        assert completion(Ledger(Endpoint(given, Http(given, "sk-secret"), name="shop"), tmp_path)).text == "encore"


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    with LlmServer([Reply("75 dirhams.", cut_after=1), Reply("75 dirhams.")]) as server:
        ledger = Ledger(endpoint(server), tmp_path)
        with pytest.raises(ModelError):
            completion(ledger)
        assert completion(ledger).text == "75 dirhams."
