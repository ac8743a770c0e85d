"""Writing a small file of the owner's, whole or not at all."""

import os


def replace(path: str, data: bytes) -> None:
    """Put `data` at `path` by a rename, mode 0600, beside what anybody has open; OSError when that cannot be.

    Two writers at the same time need a lock, or a reader that notices.
    """
    folder, name = os.path.split(path)
    beside = f"{folder}/.{name}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(beside, flags, 0o600)
    with open(descriptor, "wb") as file:
        file.write(data)
    os.replace(beside, path)
