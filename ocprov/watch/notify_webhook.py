"""The notifier `webhook`: JSON by POST. Its URL is a secret: no error, and nothing else, says what it is."""

import os
import stat
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.watch.message import Message, payload

# Seconds for the whole of a try: a server may send a byte now and then for ever.
PATIENCE = 10.0
PAUSES = (1.0, 2.0)  # seconds between tries
_TOO_MANY = 429
_BROKEN = 500
_LARGEST = 8192


def url_in(file: Path) -> str:
    """The URL in a file that only its owner can read; OcprovError when it is none."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise _refused(file, error.strerror or "it cannot be read") from error
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise _refused(file, "it is not a file")
        if about.st_uid != os.geteuid() or about.st_mode & 0o077:
            raise OcprovError(f"others than you can read {file}, which holds a secret", f"chmod 600 {file}")
        return os.read(descriptor, _LARGEST).decode("utf-8", "replace").strip()
    finally:
        os.close(descriptor)


def checked(url: str, origin: str) -> str:
    """`url` when it is one for a webhook; OcprovError, which names its `origin` alone, when not."""
    import httpx

    try:
        parsed = httpx.URL(url)
        right = parsed.scheme in ("http", "https") and bool(parsed.host) and url.isprintable()
    except (httpx.InvalidURL, ValueError):
        right = False
    if not right:
        raise OcprovError(f"the webhook of {origin} is no http or https URL", "set it to one, as https://…")
    return url


def send(url: str, message: Message) -> bool:
    """Post it, three times at most; OcprovError when it is not taken."""
    import asyncio  # late: most looks have nothing to say

    why = asyncio.run(_post(url, payload(message)))
    if why:
        raise OcprovError(
            f"the webhook {why}", "is alert.webhook right, and its server up? ocprov alert --test tries it"
        )
    return True


async def _post(url: str, body: dict[str, object]) -> str:
    """Try, and again where that may help; why it was not taken, or an empty string."""
    import asyncio

    why = ""
    for pause in (0.0, *PAUSES):
        await asyncio.sleep(pause)
        code, why = await _try(url, body)
        if not why or (code and code != _TOO_MANY and code < _BROKEN):
            break
    return why


async def _try(url: str, body: dict[str, object]) -> tuple[int, str]:
    """The status, 0 for none, and why it was not taken; a redirect is not followed: it is told to nobody else."""
    import asyncio

    import httpx

    try:
        async with (
            httpx.AsyncClient(follow_redirects=False, timeout=PATIENCE) as client,
            asyncio.timeout(PATIENCE),  # of the server's: to read the certificates it trusts takes us a while
            client.stream("POST", url, json=body) as answer,
        ):
            code = answer.status_code
            return code, "" if answer.is_success else f"answered with {code}"
    except TimeoutError:
        return 0, f"gave no answer within {PATIENCE:g} s"
    # What they say may name the URL; which kind it is does not.
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return 0, f"could not be reached ({type(error).__name__})"


def _refused(file: Path, why: str) -> OcprovError:
    return OcprovError(f"cannot use {file} of alert.webhook_file: {why}", f"look at it: ls -l {file}")
