"""Where a problem of the learner's own comes from: the text of its file, and the CSV file that it names.

The CSV file stays where it is; what is kept of it is its path and the hash of its content.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from nntutor.core.files.toml import toml


@dataclass(frozen=True)
class Source:
    """text: of the problem file. folder, digest: where its CSV file is looked for and the hash of that; "" without."""

    text: str
    folder: str = ""
    digest: str = ""


def of_file(text: str, folder: Path) -> Source:
    """The source of a problem whose file has been read."""
    path = data_path(text, str(folder.absolute()))
    return Source(text) if path is None else Source(text, str(folder.absolute()), digest(path))


def data_path(text: str, folder: str) -> Path | None:
    """Where the CSV file lies that the text of a problem names; None where it names none."""
    name = toml(text, "").get("data")
    return Path(folder) / name if isinstance(name, str) else None


def digest(path: Path) -> str:
    """The hash of a file's content; "" for what is no file or cannot be read (a pipe would be waited for)."""
    found = blake2b(digest_size=16)
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                found.update(block)
    except (OSError, ValueError):
        return ""
    return found.hexdigest()
