"""A language model's server without a model: OpenAI's protocol on 127.0.0.1, for tests and to try dalil with.

    python -m dalil.testing.llm_server --port 8123        # answers from the passages that it is given (`quoting`)

    with LlmServer([Reply("Paris [1]."), Reply(status=429, headers={"Retry-After": "0"}), quoting]) as server:
        ...                                               # base_url: server.base_url; what it was asked: server.asked

A script is a list, one entry an answer (the last one is repeated), or one entry for all of them; an entry is a Reply or a
function of the messages. It speaks HTTP/1.0: the end of the connection is the end of the answer, as a cut needs it.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

logger = logging.getLogger(__name__)
Messages = list[dict[str, str]]
_WORD = re.compile(r"\w{3,}")
_SENTENCE = re.compile(r"(?:[^.!?؟\n]|\.(?=\S))+[.!?؟]?")
_PASSAGE = re.compile(r"(?:^|\n\n)\[(\d+)\] .*\n((?:(?!\n\n\[\d+\] )[\s\S])*)")


@dataclass(frozen=True)
class Reply:
    """One scripted answer. `status` other than 200: an error with that text. `latency_s`: before the first byte.

    `cut_after`: the connection breaks after so many pieces. `body`: sent as it is, as `kind` (a web page). `pause_s`: between pieces.
    `streams` false: the whole answer at once, as servers do that cannot stream. `comments`: so many lines before the first
    piece that say nothing, as gateways send to keep a connection open.
    """

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    latency_s: float = 0.0
    pause_s: float = 0.0
    cut_after: int | None = None
    body: str | None = None
    kind: str = "text/html"
    comments: int = 0
    finish: str = "stop"
    usage: bool = True
    streams: bool = True


Entry = Reply | Callable[[Messages], Reply]


def quoting(messages: Messages) -> Reply:
    """Reads what it is given: the sentence that shares most words with the question, with the number of its passage.

    A sentence that only asks is no answer. Without a word in common it says that it does not know.
    """
    context, _, question = messages[-1]["content"].rpartition("\n\n")
    asked = set(_WORD.findall(question.lower()))
    scored = [
        (len(asked & set(_WORD.findall(sentence.lower()))), -place, number, sentence.strip())
        for place, (number, sentence) in enumerate(_sentences(context))
    ]
    shared, _, number, best = max(scored, default=(0, 0, "", ""))
    return Reply(f"{best.rstrip('.')} [{number}]." if shared else "I do not know.")


def _sentences(context: str) -> Iterator[tuple[str, str]]:
    for number, text in _PASSAGE.findall(context):
        for sentence in _SENTENCE.findall(text):
            if sentence.strip(" #") and not sentence.lstrip().startswith("#") and not sentence.endswith(("?", "؟")):
                yield number, sentence


class LlmServer:
    """The server, in a thread of its own between `with` and its end. `asked`: the bodies of the requests, in order."""

    def __init__(self, script: Entry | Sequence[Entry], *, port: int = 0, models: Sequence[str] = ("stand-in",),
                 key: str = "") -> None:  # fmt: skip
        self.script = list(script) if isinstance(script, Sequence) else [script]
        self.models, self.key = tuple(models), key
        self.asked: list[dict[str, Any]] = []
        self.broken = threading.Event()
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        """What stands as base_url."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> LlmServer:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self._server.shutdown()
        self._server.server_close()

    def next_reply(self, body: dict[str, Any]) -> Reply:
        """The script's next entry, answered; the request is noted."""
        with self._lock:
            entry = self.script[min(len(self.asked), len(self.script) - 1)]
            self.asked.append(body)
        return entry if isinstance(entry, Reply) else entry(body["messages"])


class _Handler(BaseHTTPRequestHandler):
    stand_in: LlmServer

    def log_message(self, format: str, *args: Any) -> None:
        """Kept off stderr, where the test's own output stands; what was asked is in `asked`."""
        logger.debug(format, *args)

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": m, "object": "model"} for m in self.stand_in.models]})
        else:
            self._json(404, {"error": {"message": f"no such address: {self.path}"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            return self._json(404, {"error": {"message": f"no such address: {self.path}"}})
        if self.stand_in.key and self.headers.get("Authorization") != f"Bearer {self.stand_in.key}":
            return self._json(401, {"error": {"message": f"wrong key: {self.headers.get('Authorization')}"}})
        reply = self.stand_in.next_reply(body)
        time.sleep(reply.latency_s)
        try:
            self._reply(reply, body)
        except (BrokenPipeError, ConnectionResetError):
            self.stand_in.broken.set()
        return None

    def _reply(self, reply: Reply, body: dict[str, Any]) -> None:
        if reply.status != 200:
            self._json(reply.status, {"error": {"message": reply.text}}, reply.headers)
        elif reply.body is not None:
            self._send(200, reply.kind, reply.body.encode())
        elif body.get("stream") and reply.streams:
            self._stream(reply, body)
        else:
            choice = {
                "index": 0,
                "message": {"role": "assistant", "content": reply.text},
                "finish_reason": reply.finish,
            }
            self._json(200, {"model": body["model"], "choices": [choice], "usage": _usage(reply, body)})

    def _stream(self, reply: Reply, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for _ in range(reply.comments):
            self.wfile.write(b": working\n\n")
            time.sleep(reply.pause_s)
        for number, piece in enumerate(re.findall(r"\s*\S+|\s+$", reply.text)):
            if number == reply.cut_after:
                return
            time.sleep(reply.pause_s)
            self._event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": reply.finish}]})
        if reply.usage:
            self._event({"choices": [], "usage": _usage(reply, body)})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, value: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode())
        self.wfile.flush()

    def _json(self, status: int, value: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._send(status, "application/json", json.dumps(value).encode(), headers)

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _usage(reply: Reply, body: dict[str, Any]) -> dict[str, int]:
    """Words, where a real server counts tokens."""
    given = sum(len(message["content"].split()) for message in body["messages"])
    return {"prompt_tokens": given, "completion_tokens": len(reply.text.split())}


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for a language model's server.")
    parser.add_argument("--port", type=int, default=8123)
    with LlmServer(quoting, port=parser.parse_args().port) as server:
        print(server.base_url, flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
