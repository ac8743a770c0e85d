"""SHA-256 as Python itself has it: `hashlib` loads OpenSSL for the same, for 5 ms."""

__all__ = ["sha256"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256  # Python 3.12 and newer
    except ImportError:
        try:
            from _sha256 import sha256  # Python 3.11
        except ImportError:  # another Python than CPython
            from hashlib import sha256
