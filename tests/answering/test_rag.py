"""A model over passages, against the stand-in: only what the passages bear out is said, each sentence with its proof."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest
import yaml

from dalil import Workspace
from dalil.records import Answer, Question, Turn
from dalil.seams import Approach
from dalil.testing.llm_server import Entry, LlmServer, Reply, quoting
from small_workspace import PHONE_QUESTION, texts

UNKNOWN = "Je ne trouve pas la réponse dans les documents."
Ask = Callable[..., Approach]


@pytest.fixture
def ask(small: Path) -> Ask:
    """Makes the approach of a kind over the small workspace, with the model at the server."""

    def make(
        server: LlmServer, kind: str = "rag", *, how: dict[str, object] | None = None, **endpoint: object
    ) -> Approach:
        path = small / "dalil.yaml"
        config = yaml.safe_load(path.read_text("utf-8"))
        config["models"] = {
            "far": {"endpoint": {"base_url": server.base_url, "price_per_million_out": 1000, **endpoint}}
        }
        config["approaches"] = ["extractive", {"kind": kind, "model": "far", **(how or {})}]
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        return Workspace(small).approach(kind)

    return make


def one(approach: Approach, text: str = PHONE_QUESTION, **more: object) -> Answer:
    (answer,) = approach.answer_many([Question("1", text, "fr", **more)])  # type: ignore[arg-type]
    return answer


def said(ask: Ask, reply: Entry | str, text: str = PHONE_QUESTION, **more: object) -> Answer:
    with LlmServer(Reply(reply) if isinstance(reply, str) else reply) as server:
        return one(ask(server, **more), text)


def test_an_answer_cites_the_exact_sentences_and_carries_no_marks(ask: Ask, small: Path) -> None:
    answer = said(ask, "Appelez le centre de support au poste 4512. [1] Il est ouvert de 8 h à 18 h [1].")
    assert (answer.status, answer.answer) == (
        "answered", "Appelez le centre de support au poste 4512. Il est ouvert de 8 h à 18 h.")  # fmt: skip
    (citation,) = answer.citations
    assert citation.document == "faq.md"
    assert texts(small)["faq.md"][citation.start : citation.end] == citation.quote
    assert "poste 4512" in citation.quote
    assert answer.cost == pytest.approx(1000 * answer.tokens_out / 1e6)
    assert answer.tokens_in > 0
    assert answer.seconds > 0


@pytest.mark.parametrize(
    "text",
    ["Appelez le poste 9999 [1].", "Écrivez un courriel à la direction générale des impôts [1].", "Oui.", "Appelez Zorglub le magnifique [7]."],
    ids=["another number", "other words", "nothing to check", "a passage that was not given"],
)  # fmt: skip
def test_what_no_passage_bears_out_is_withheld(ask: Ask, text: str) -> None:
    answer = said(ask, text)
    assert (answer.status, answer.answer, answer.citations) == ("abstained", UNKNOWN, ())
    assert answer.reason.startswith("not in the passages")
    assert [hit.passage.document for hit in answer.nearest][:1] == ["faq.md"]


def test_an_unsupported_sentence_is_withheld_and_the_others_stand(ask: Ask) -> None:
    answer = said(ask, "Appelez le poste 4512 [1]. Le service coûte 30 euros par mois [1]. Il ouvre à 8 h [9].")
    assert answer.answer == "Appelez le poste 4512. Il ouvre à 8 h."
    assert "withheld, not in the passages: 1" in answer.reason


def test_an_answer_is_as_sure_as_its_proof_would_be_quoted(ask: Ask, small: Path) -> None:
    answer = said(ask, "Appelez le centre de support au poste 4512 [1].")
    quoted = one(Workspace(small).approach("extractive"))
    assert answer.confidence == quoted.confidence
    assert answer.confidence is not None
    assert 0.5 < answer.confidence <= 1


def test_a_proof_that_is_not_sure_to_answer_is_withheld_where_that_is_wished(ask: Ask) -> None:
    question = "Quel guichet ouvre le samedi pour la carte grise des remorques ?"
    reply = "Envoyez le formulaire A12 au guichet numérique [1]."
    silent = said(ask, reply, question, how={"withhold_unsure": True})
    assert (silent.status, silent.answer, silent.reason) == ("abstained", UNKNOWN, "not sure enough")
    assert silent.nearest
    spoken = said(ask, reply, question)
    assert (spoken.status, spoken.answer) == ("answered", "Envoyez le formulaire A12 au guichet numérique.")
    assert spoken.confidence == silent.confidence
    assert spoken.confidence is not None
    assert spoken.confidence < 0.5


@pytest.mark.parametrize("text", [UNKNOWN, "Les passages ne contiennent pas cette information.", "I don't know."])
def test_not_there_is_an_abstention_in_the_questions_language(ask: Ask, text: str) -> None:
    answer = said(ask, text)
    assert (answer.status, answer.answer) == ("abstained", UNKNOWN)
    assert answer.tokens_out > 0


def test_the_case_of_a_procedure_is_asked_back_without_the_model(ask: Ask, small: Path) -> None:
    page = (resources.files("dalil.recipes") / "idarati" / "sources" / "pages" / "carte-nationale.fr.html").read_bytes()
    (small / "sources" / "carte-nationale.fr.html").write_bytes(page)
    with LlmServer(Reply("Une photo [1].")) as server:
        answer = one(ask(server), "Quels sont les documents pour la carte nationale ?")
        assert server.asked == []
    assert (answer.status, answer.answer) == ("which_one", "Cela dépend du cas : lequel est le vôtre ?")
    assert "Carte expirée" in [option.label for option in answer.options]


def test_a_question_back_names_the_records(ask: Ask) -> None:
    answer = said(
        ask, "Parlez-vous de Delta ou de Boussole ?", "Quel est le langage de Delta et de Boussole, en bref ?"
    )
    assert answer.status == "which_one"
    assert {option.label for option in answer.options} <= {"Delta", "Boussole"}
    assert answer.options


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (Reply("", status=500), "does not work (500)"),
        (Reply("Appelez le poste", cut_after=1), "broke in the middle"),
        (Reply(""), "answered nothing"),
    ],
)
def test_a_failure_is_an_answer(ask: Ask, script: Reply, reason: str) -> None:
    answer = said(ask, script, max_retries=0)
    assert (answer.status, answer.answer) == ("failed", "La réponse n'a pas pu être obtenue. Réessayez plus tard.")
    assert reason in answer.reason


def test_a_model_that_cannot_be_asked_is_left_alone_after_three_tries(ask: Ask) -> None:
    with LlmServer(Reply("never"), key="right") as server:
        answers = list(ask(server).answer_many([Question(str(n), PHONE_QUESTION, "fr") for n in range(6)]))
        assert [answer.status for answer in answers] == ["failed"] * 6
        assert all("asks for a key" in answer.reason for answer in answers)
        assert answers[-1].seconds < answers[0].seconds + 1


def test_a_server_that_never_answers_is_not_waited_for_all_day(ask: Ask) -> None:
    with LlmServer(Reply("late", latency_s=1.0)) as server:
        approach = ask(server, timeout_s=0.2)
        answers = list(approach.answer_many([Question(str(n), f"{PHONE_QUESTION} {n}", "fr") for n in range(6)]))
        assert len(server.asked) == 3
    assert {answer.status for answer in answers} == {"failed"}
    assert all("did not answer within 0.2 s" in answer.reason for answer in answers)


def test_streaming_shows_checked_sentences_and_stops_the_server(ask: Ask) -> None:
    text = "Appelez le poste 4512 [1]. Payez 300 euros [1]. Il ouvre à 8 h [1]. " + "mot " * 300
    with LlmServer(
        [Reply("Appelez le poste 4512 [1]. Payez 300 euros [1]. Il ouvre à 8 h [1]."), Reply(text, pause_s=0.01)]
    ) as server:
        approach = ask(server)
        *pieces, answer = approach.stream(Question("1", PHONE_QUESTION, "fr"))
        assert isinstance(answer, Answer)
        assert pieces == ["Appelez le poste 4512.", " Il ouvre à 8 h."]
        assert "".join(map(str, pieces)) == answer.answer
        running = approach.stream(Question("2", "Quel est le poste de support ouvert en cas de panne ?", "fr"))
        assert next(running) == "Appelez le poste 4512."
        running.close()  # type: ignore[attr-defined]
        assert server.broken.wait(timeout=5)


def test_in_context_gives_everything_once(ask: Ask, small: Path) -> None:
    with LlmServer(quoting) as server:
        answer = one(ask(server, "in-context", context_tokens=20_000), "Qui répond sous trois jours ?")
        prompt = server.asked[0]["messages"][-1]["content"]
    assert answer.status == "answered"
    assert answer.answer.endswith("sous trois jours ouvrés.")
    assert prompt.count("Envoyez le formulaire A12") == 1
    assert all(name in prompt for name in ("Alpha", "Vandris", "Appelez le centre"))


def test_this_document_is_the_only_text_and_nothing_else_is_read(ask: Ask) -> None:
    with LlmServer(quoting) as server:
        one(ask(server), "Que dit ce document du formulaire et de la direction ?")
        prompt = server.asked[0]["messages"][-1]["content"]
    assert "Envoyez le formulaire A12" in prompt
    assert "Alpha" not in prompt


def test_of_two_machines_the_model_reads_the_one_that_is_named(tmp_path: Path) -> None:
    manual = (
        "# Manual of the {}\n\n## Towing\n\nIt may be towed at {} km/h at most. Lift the arms before. Tow slowly.\n"
    )
    (tmp_path / "sources").mkdir()
    for name, speed in (("WL 180 wheel loader", 5), ("MC 75 air compressor", 80)):
        (tmp_path / "sources" / f"{speed}.md").write_text(manual.format(name, speed), encoding="utf-8")
    with LlmServer(quoting) as server:
        config = {
            "language": ["en"],
            "sources": [{"path": "sources"}],
            "models": {"far": {"endpoint": {"base_url": server.base_url}}},
            "approaches": ["extractive", {"kind": "rag", "model": "far"}],
        }
        (tmp_path / "dalil.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        workspace = Workspace(tmp_path)
        workspace.run("index")
        answer = one(workspace.approach("rag"), "How fast may the loader be towed?")
        one(workspace.approach("rag"), "How fast may loader and compressor be towed?")
        of_loader, of_both = (body["messages"][-1]["content"] for body in server.asked)
    assert "5 km/h" in answer.answer
    (citation,) = answer.citations
    assert citation.exact is not None
    start, end = citation.exact
    assert citation.quote[start - citation.start : end - citation.start] == "It may be towed at 5 km/h at most."
    assert len(citation.quote) > end - start
    assert "80 km/h" not in of_loader
    assert "5 km/h" in of_both
    assert "80 km/h" in of_both


def test_in_context_says_the_tokens_that_it_would_need(ask: Ask) -> None:
    with LlmServer(quoting) as server:
        answer = one(ask(server, "in-context", context_tokens=400))
        assert server.asked == []
    assert answer.status == "failed"
    assert "Everything has" in answer.reason
    assert "of its 400" in answer.reason


def test_passages_fill_the_room_that_the_model_has(ask: Ask) -> None:
    with LlmServer(quoting) as server:
        one(ask(server, context_tokens=20_000))
        one(ask(server, context_tokens=470))
        none = one(ask(server, context_tokens=300))
    many, few = (body["messages"][-1]["content"].count("\n\n[") for body in server.asked)
    assert many > few
    assert none.status == "failed"
    assert "not one passage fits" in none.reason


def test_a_conversation_becomes_one_question(ask: Ask) -> None:
    history = (Turn(PHONE_QUESTION, "Au poste 4512."),)
    with LlmServer(quoting) as server:
        answer = one(ask(server), "Et les horaires ?", history=history)
    assert server.asked[0]["messages"][-1]["content"].endswith(f"{PHONE_QUESTION} Et les horaires ?")
    assert answer.question == "Et les horaires ?"


def test_a_model_may_fold_the_conversation_itself(ask: Ask) -> None:
    history = (Turn(PHONE_QUESTION, "Au poste 4512."),)
    script = [Reply("Quels sont les horaires du centre de support ?"), Reply("De 8 h à 18 h [1].")]
    with LlmServer(script) as server:
        answer = one(ask(server, how={"rewrite": True}), "Et les horaires ?", history=history)
    assert PHONE_QUESTION in server.asked[0]["messages"][0]["content"]
    assert server.asked[1]["messages"][-1]["content"].endswith("Quels sont les horaires du centre de support ?")
    assert answer.answer == "De 8 h à 18 h."
    assert answer.cost > 1000 * 6 / 1e6, "what folding cost is in it"


def test_an_existing_assistant_is_asked_as_it_is(ask: Ask) -> None:
    script = [
        Reply("Au poste 4512 [3]."),
        Reply("Je n'ai pas trouvé cette information."),
        Reply("De quelle panne parlez-vous ?"),
    ]
    with LlmServer(script) as server:
        approach = ask(server, "endpoint")
        answers = [one(approach, text) for text in (PHONE_QUESTION, "Qui est le roi ?", "Ça ne marche pas ?")]
    assert [answer.status for answer in answers] == ["answered", "abstained", "which_one"]
    assert answers[0].answer == "Au poste 4512."
    assert server.asked[0]["messages"] == [{"role": "user", "content": PHONE_QUESTION}]


def test_an_existing_assistant_is_streamed_without_its_marks(ask: Ask) -> None:
    with LlmServer(Reply("Au poste 4512 [3]. De 8 h [1, 2] à 18 h.")) as server:
        *pieces, answer = ask(server, "endpoint").stream(Question("1", PHONE_QUESTION, "fr"))
    assert isinstance(answer, Answer)
    assert len(pieces) > 5
    assert "".join(map(str, pieces)) == answer.answer == "Au poste 4512. De 8 h à 18 h."
