from pathlib import Path

import pytest

from ocprov.configfile.atomic import replace
from ocprov.errors import ConflictError


@pytest.mark.parametrize(
    "expected", [pytest.param(b"old\n", id="edited-meanwhile"), pytest.param(None, id="made-meanwhile")]
)
def test_what_somebody_wrote_meanwhile_is_never_replaced(expected: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"just saved\n")

    with pytest.raises(ConflictError, match="changed while it was deployed"):
        replace(path, b"new\n", mode=0o600, expected=expected)

    assert path.read_bytes() == b"just saved\n"
    assert list(tmp_path.iterdir()) == [path]
