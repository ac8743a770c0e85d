"""The wheel of this very ocprov, made of its files: needs no network and no build, and is what its key says."""

import base64
import hashlib
import stat
import zipfile
from importlib import metadata
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.fleet import key

_WHEEL = "Wheel-Version: 1.0\nGenerator: ocprov\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_KEPT = ("METADATA", "entry_points.txt", "licenses/LICENSE")
_TIME = (2020, 1, 1, 0, 0, 0)  # the same files make the same wheel


def wheel(folder: Path) -> Path:
    """Write the wheel into a directory that is there."""
    known = metadata.distribution("ocprov")
    name = f"ocprov-{known.version}"
    info = {f"{name}.dist-info/{one}": text for one in _KEPT if (text := known.read_text(one))}
    if f"{name}.dist-info/METADATA" not in info:
        raise OcprovError("this ocprov does not know how it was installed", "install it with pipx")
    path = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        rows = [_added(out, one, file.read_bytes(), _mode(file)) for one, file in key.files().items()]
        rows += [_added(out, one, text.encode()) for one, text in info.items()]
        rows += [_added(out, f"{name}.dist-info/WHEEL", _WHEEL.encode())]
        record = f"{name}.dist-info/RECORD"
        _added(out, record, "".join([*rows, f"{record},,\n"]).encode())
    return path


def _added(out: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> str:
    """Put a file into the wheel; its line for the record."""
    about = zipfile.ZipInfo(name, _TIME)
    about.compress_type = zipfile.ZIP_DEFLATED
    about.external_attr = (stat.S_IFREG | mode) << 16
    out.writestr(about, content)
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def _mode(file: Path) -> int:
    return 0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644
