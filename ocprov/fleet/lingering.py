"""What becomes of a session at logout: whether systemd would end it, and how to have it stay."""

import os

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.questions import answer
from ocprov.tmux.child import Child

# Seconds; logind answers in milliseconds.
_PATIENCE = 10.0
_PROPERTIES = ("KillUserProcesses", "KillOnlyUsers", "KillExcludeUsers")


@dataclass(frozen=True, slots=True)
class Logout:
    """`kills` is whether logind ends what this user leaves behind, `lingers` whether their services go on without a login."""

    kills: bool = False
    lingers: bool = False

    @property
    def ends(self) -> bool:
        """Whether sessions would end with the login."""
        return self.kills and not self.lingers


def look() -> Logout:
    """What logind says; where there is none nothing ends."""
    if not answer("have", "loginctl"):
        return Logout()
    told = _properties("show-session", *(f"--property={name}" for name in _PROPERTIES))
    user = _user()
    if not kills(told, user):
        return Logout()
    return Logout(True, _properties("show-user", user, "--property=Linger").get("Linger") == "yes")


def kills(told: dict[str, str], user: str) -> bool:
    """Whether logind, by these properties of it, ends what a user leaves; pure."""
    only = told.get("KillOnlyUsers", "").split()
    spared = told.get("KillExcludeUsers", "").split()
    return told.get("KillUserProcesses") == "yes" and user not in spared and (not only or user in only)


def enable() -> None:
    """Let the user linger; OcprovError where logind does not allow it."""
    # By name: without one it is for whose login this is, which with sudo is another user.
    code, _, err = _run("loginctl", "--no-ask-password", "enable-linger", _user())
    if code:
        raise OcprovError(
            f"cannot enable lingering: {printable(err) or f'loginctl ended with {code}'}",
            f"as root on that host: loginctl enable-linger {_user()}; or linger=False",
        )


def apart() -> tuple[str, ...]:
    """The beginning of a command line that runs a program apart from this login; OcprovError where that cannot be."""
    runtime = f"/run/user/{os.getuid()}"
    # An ssh without PAM does not set it; systemd-run finds the user's manager by it.
    told = () if os.environ.get("XDG_RUNTIME_DIR") else ("env", f"XDG_RUNTIME_DIR={runtime}")
    words = (*told, "systemd-run", "--user", "--scope", "--quiet", "--")
    code, _, err = _run(*words, "true")
    if code:
        raise OcprovError(
            f"cannot start tmux apart from this login: {printable(err) or f'systemd-run ended with {code}'}",
            "try on that host: systemd-run --user --scope true",
        )
    return words


def _user() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())  # a user without a name, as in a container


def _properties(*arguments: str) -> dict[str, str]:
    _, out, _ = _run("loginctl", *arguments)
    return {name: value for name, _, value in (line.partition("=") for line in out.splitlines())}


def _run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, what it printed, what it complained of; a program that is not there, or gives no answer, failed."""
    try:
        with Child(arguments, os.environ, b"", None) as child:
            if not child.ends(_PATIENCE):
                return 1, "", "no answer"
            return child.code or 0, child.out, child.err.strip()
    except OSError as error:
        return 1, "", error.strerror or ""
