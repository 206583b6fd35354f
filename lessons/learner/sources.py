"""Where a problem of the learner's own comes from: the text of its file, and the other files that it needs.

A CSV file, files of arrays and the file of a network stay where they are; what is kept of them is their path and of
each the hash of what it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nntutor.core.files.stored import is_reference, path_of
from nntutor.core.files.toml import toml


@dataclass(frozen=True)
class Source:
    """text: of the problem file. folder, digest: where the files that it names lie and their hashes; "" without.

    model: the path of its network, where that has a file of its own, whose hash is the last of the digest.
    """

    text: str
    folder: str = ""
    digest: str = ""
    model: str = ""


def of_file(text: str, folder: Path, model: str = "") -> Source:
    """The source of a problem whose files have been read."""
    network = str(Path(model).absolute()) if model else ""
    paths = data_paths(text, str(folder.absolute()), network)
    return Source(text, str(folder.absolute()), digest(paths), network) if paths else Source(text)


def data_paths(text: str, folder: str, model: str = "") -> tuple[Path, ...]:
    """Where the CSV file lies that the text of a problem names, the files of arrays, and its network."""
    table = toml(text, "")
    layers = table.get("layer", [])
    listed = [one for one in layers if isinstance(one, dict)] if isinstance(layers, list) else []
    named = [layer.get(key) for layer in listed for key in ("weights", "bias")]
    stored = dict.fromkeys(path_of(one) for one in named if isinstance(one, str) and is_reference(one))
    data = table.get("data")
    named_here = (*([data] if isinstance(data, str) else []), *stored, *([model] if model else []))
    return tuple(Path(folder) / name for name in named_here)


def digest(paths: Iterable[Path]) -> str:
    """The hash of what each file holds; "" where one is no file or cannot be read (a pipe would be waited for)."""
    each = [_hash(path) for path in paths]
    return " ".join(each) if all(each) else ""


def other_ones(paths: Iterable[Path], before: str, now: str) -> str:
    """Which of the files hold something else than before, by their digests then and now."""
    pairs = zip(paths, before.split(), now.split(), strict=False)
    return ", ".join(str(path) for path, then, is_now in pairs if then != is_now)


def unreadable(paths: Iterable[Path]) -> str:
    """Which of the files are gone, or cannot be read."""
    return ", ".join(str(path) for path in paths if not _hash(path))


def _hash(path: Path) -> str:
    from hashlib import blake2b  # few starts open a problem of their own

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
