"""The sample as OpenCode's SQLite database, with the tables of OpenCode 1.2 to 1.18."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from ocprov.sample.content import Project
from ocprov.sample.conversation import Conversation, Step, Turn, identifier

OPENCODE = "1.18.33"

_DDL = """
CREATE TABLE project (id text PRIMARY KEY, worktree text NOT NULL, vcs text, name text, icon_url text,
  icon_color text, time_created integer NOT NULL, time_updated integer NOT NULL, time_initialized integer,
  sandboxes text NOT NULL, commands text);
CREATE TABLE session (id text PRIMARY KEY, project_id text NOT NULL, workspace_id text, parent_id text,
  slug text NOT NULL, directory text NOT NULL, path text, title text NOT NULL, version text NOT NULL,
  share_url text, summary_additions integer, summary_deletions integer, summary_files integer,
  summary_diffs text, metadata text, cost real DEFAULT 0 NOT NULL, tokens_input integer DEFAULT 0 NOT NULL,
  tokens_output integer DEFAULT 0 NOT NULL, tokens_reasoning integer DEFAULT 0 NOT NULL,
  tokens_cache_read integer DEFAULT 0 NOT NULL, tokens_cache_write integer DEFAULT 0 NOT NULL, revert text,
  permission text, agent text, model text, time_created integer NOT NULL, time_updated integer NOT NULL,
  time_compacting integer, time_archived integer);
CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL,
  time_updated integer NOT NULL, data text NOT NULL);
CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL,
  time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
CREATE INDEX message_session_time_created_id_idx ON message (session_id, time_created, id);
CREATE INDEX part_message_id_id_idx ON part (message_id, id);
CREATE INDEX part_session_idx ON part (session_id);
CREATE INDEX session_project_idx ON session (project_id);
CREATE INDEX session_parent_idx ON session (parent_id);
"""

Row = dict[str, object]


def write(path: Path, conversations: Iterable[Conversation]) -> None:
    """A new database at `path` with these conversations, oldest first."""
    known: set[Project] = set()
    with closing(sqlite3.connect(path)) as database:
        database.executescript(_DDL)
        with database:
            for conversation in conversations:
                if conversation.project not in known:
                    known.add(conversation.project)
                    _insert(database, "project", project(conversation))
                _insert(database, "session", session(conversation))
                for table, row in messages(conversation):
                    _insert(database, table, row)


def project(conversation: Conversation) -> Row:
    """The row of the project that a conversation is about; its first conversation makes it."""
    return {
        "id": project_id(conversation.project),
        "worktree": conversation.project.directory,
        "vcs": "git",
        "time_created": conversation.created,
        "time_updated": conversation.updated,
        "sandboxes": "[]",
    }


def project_id(project: Project) -> str:
    """Forty hex digits, as of a first commit."""
    return hashlib.sha256(project.directory.encode()).hexdigest()[:40]


def session(conversation: Conversation) -> Row:
    """The row of a conversation, with the sums over its steps."""
    steps = conversation.steps
    return {
        "id": conversation.id,
        "project_id": project_id(conversation.project),
        "parent_id": conversation.parent or None,
        "slug": conversation.title.split()[0].lower(),
        "directory": conversation.project.directory,
        "title": conversation.title,
        "version": OPENCODE,
        "cost": round(conversation.cost, 6),
        "tokens_input": sum(step.input for step in steps),
        "tokens_output": sum(step.output for step in steps),
        "tokens_cache_read": sum(step.cache_read for step in steps),
        "tokens_cache_write": sum(step.cache_write for step in steps),
        "agent": conversation.agent,
        "time_created": conversation.created,
        "time_updated": conversation.updated,
    }


def messages(conversation: Conversation) -> Iterator[tuple[str, Row]]:
    """The rows of all messages and their parts, each with its table."""
    for turn in conversation.turns:
        question = identifier("msg", turn.created, conversation.id, "user")
        yield from _message(conversation, question, turn.created, turn.created, _user(conversation, turn))
        yield _part(conversation, question, turn.created, 0, {"type": "text", "text": turn.prompt})
        for number, step in enumerate(turn.steps):
            answer = identifier("msg", step.created, conversation.id, number)
            data = _assistant(conversation, question, step)
            yield from _message(conversation, answer, step.created, step.completed, data)
            for place, part in enumerate(_parts(step)):
                yield _part(conversation, answer, step.created, place, part)


def _message(
    conversation: Conversation, message: str, created: int, updated: int, data: Row
) -> Iterator[tuple[str, Row]]:
    times = {"time_created": created, "time_updated": updated}
    yield "message", {"id": message, "session_id": conversation.id, **times, "data": json.dumps(data)}


def _part(conversation: Conversation, message: str, created: int, place: int, data: Row) -> tuple[str, Row]:
    keys = {"id": identifier("prt", created + place, message, place), "message_id": message}
    times = {"time_created": created, "time_updated": created}
    return "part", {**keys, "session_id": conversation.id, **times, "data": json.dumps(data)}


def _user(conversation: Conversation, turn: Turn) -> Row:
    model = {"providerID": conversation.model.provider, "modelID": conversation.model.name}
    return {"role": "user", "time": {"created": turn.created}, "agent": conversation.agent, "model": model}


def _assistant(conversation: Conversation, question: str, step: Step) -> Row:
    directory = conversation.project.directory
    return {
        "role": "assistant",
        "parentID": question,
        "mode": conversation.agent,
        "agent": conversation.agent,
        "path": {"cwd": directory, "root": directory},
        "modelID": conversation.model.name,
        "providerID": conversation.model.provider,
        "cost": step.cost,
        "tokens": _tokens(step),
        "time": {"created": step.created, "completed": step.completed},
        "finish": _finish(step),
    }


def _parts(step: Step) -> Iterator[Row]:
    """A step's parts: its begin, the tool or the answer, its end."""
    times = {"start": step.created, "end": step.completed}
    yield {"type": "step-start"}
    if step.tool:
        state = {
            "status": "completed",
            "input": {},
            "output": "",
            "title": step.about,
            "metadata": {},
            "time": times,
        }
        yield {"type": "tool", "callID": f"call_{step.created}", "tool": step.tool, "state": state}
    else:
        yield {"type": "text", "text": f"Done, see {step.about}.", "time": times}
    yield {"type": "step-finish", "reason": _finish(step), "cost": step.cost, "tokens": _tokens(step)}


def _tokens(step: Step) -> Row:
    cache = {"read": step.cache_read, "write": step.cache_write}
    total = step.input + step.output + step.cache_read + step.cache_write
    return {"input": step.input, "output": step.output, "reasoning": 0, "cache": cache, "total": total}


def _finish(step: Step) -> str:
    return "tool-calls" if step.tool else "stop"


def _insert(database: sqlite3.Connection, table: str, row: Row) -> None:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608 # names from the schema above
