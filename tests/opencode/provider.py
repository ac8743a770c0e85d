"""A provider of models on loopback, as an OpenAI-compatible one answers: what it does, the prompt says.

hold          begins to answer, and goes on when the test calls `release`
slow N        N words, 0.1 s apart
fail CODE     HTTP CODE
tool COMMAND  one call of the tool bash, then a word; COMMAND `question JSON` is one of the tool question
anything else `echo: <the prompt>`
"""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

MODELS = ("m1", "m2")
HELD = 600.0

Document = dict[str, Any]


@dataclass
class Provider:
    """What it was asked, and what it is to do."""

    port: int = 0
    prompts: list[str] = field(default_factory=list)  # of conversations, not of their titles
    requests: list[Document] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=count)
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def release(self) -> None:
        """Let what is held, and will be, go on."""
        self.gate.set()

    def config(self) -> Document:
        """An `opencode.json` with this provider alone."""
        model = {
            "tool_call": True,
            "cost": {"input": 3, "output": 15, "cache_read": 0.3, "cache_write": 3.75},
            "limit": {"context": 128000, "output": 8000},
        }
        options = {"baseURL": self.url, "apiKey": "sk-fake"}
        models = {name: {"name": name, **model} for name in MODELS}
        fake = {"npm": "@ai-sdk/openai-compatible", "name": "Fake", "options": options, "models": models}
        return {
            "$schema": "https://opencode.ai/config.json",
            "autoupdate": False,
            "share": "disabled",
            "model": "fake/m1",
            "small_model": "fake/m1",
            "enabled_providers": ["fake"],
            "provider": {"fake": fake},
        }


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers for as long as the block runs."""
    provider = Provider()

    class Handler(_Handler):
        told = provider

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.release()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told: Provider

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in MODELS]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.told.requests.append(asked)
        prompt, last = _prompt(asked), asked["messages"][-1]
        own = bool(asked.get("tools"))  # without tools it is a title
        if own and last["role"] == "user":
            self.told.prompts.append(prompt)
        failure = re.search(r"\bfail (\d{3})", prompt)
        if own and failure:
            self._json(int(failure[1]), {"error": {"message": f"fake {failure[1]}", "type": "fake"}})
        else:
            with suppress(ConnectionError):
                self._stream(asked, prompt if own else "", fresh=last["role"] == "user")

    def _stream(self, asked: Document, prompt: str, *, fresh: bool) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        said = 0
        tool = re.search(r"\btool (.+)", prompt)
        if tool and fresh:
            self._event(asked, {"role": "assistant", "tool_calls": [_call(next(self.told.ids), tool[1])]})
        else:
            for word in self._words(prompt, fresh=fresh):
                said += 1
                self._event(asked, {"role": "assistant", "content": word})
        self._event(asked, {}, "tool_calls" if tool and fresh else "stop")
        self._event(asked, None, usage=_usage(said))
        self.wfile.write(b"data: [DONE]\n\n")

    def _words(self, prompt: str, *, fresh: bool) -> Iterator[str]:
        slow = re.search(r"\bslow (\d+)", prompt)
        if slow:
            for number in range(int(slow[1])):
                yield f"w{number} "
                time.sleep(0.1)  # the pace that the prompt asked for
            return
        if re.search(r"\bhold\b", prompt):
            yield "held "
            self.told.gate.wait(HELD)
        yield f"echo: {prompt}" if fresh else "tool done"

    def _event(
        self,
        asked: Document,
        delta: Document | None,
        finish: str | None = None,
        usage: Document | None = None,
    ) -> None:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        chunk = {
            "id": "chatcmpl",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": asked["model"],
            "choices": choices,
        }
        self.wfile.write(
            b"data: " + json.dumps(chunk | ({"usage": usage} if usage else {})).encode() + b"\n\n"
        )
        self.wfile.flush()

    def _json(self, code: int, document: Document) -> None:
        content = json.dumps(document).encode()
        self.send_response(code)
        self.send_header("content-type", "application/json")
        self.send_header("retry-after", "1")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _prompt(asked: Document) -> str:
    """What the user said last."""
    said = next((one["content"] for one in reversed(asked["messages"]) if one["role"] == "user"), "")
    return said if isinstance(said, str) else " ".join(part.get("text", "") for part in said)


def _call(number: int, command: str) -> Document:
    asked = command.removeprefix("question ")
    name = "bash" if asked == command else "question"
    given = json.dumps({"command": command.strip(), "description": "fake"}) if name == "bash" else asked
    return {
        "index": 0,
        "id": f"call_{number}",
        "type": "function",
        "function": {"name": name, "arguments": given},
    }


def _usage(said: int) -> Document:
    return {
        "prompt_tokens": 1000,
        "completion_tokens": said,
        "total_tokens": 1000 + said,
        "prompt_tokens_details": {"cached_tokens": 200},
    }
