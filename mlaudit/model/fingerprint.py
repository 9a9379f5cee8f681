"""Identity of a finding that survives edits elsewhere in the file; no line numbers take part."""

from __future__ import annotations

import sys

try:
    if sys.version_info >= (3, 12):
        from _sha2 import sha256
    else:
        from _sha256 import sha256  # type: ignore[import-not-found]
except ImportError:  # the public way loads OpenSSL, which takes half a start of Python
    from hashlib import sha256

LENGTH = 32


def fingerprint(code: str, path: str, scope: str, statement: str, ordinal: int = 0) -> str:
    """Give a stable identity as hexadecimal text.

    `path` is relative to the project in POSIX form, `scope` names the enclosing function or class
    (in a notebook at top level: the cell id), `statement` is the flagged statement without comments
    and layout, and `ordinal` counts findings that are equal in all of these, from 0 on.
    """
    parts = (code, path, scope, statement, str(ordinal))
    # Each part carries its length, so that no two lists of parts join to the same text.
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    digits: str = sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()
    return digits[:LENGTH]
