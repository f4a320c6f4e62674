"""Text files, plain, gzipped or zipped, whole or not at all."""

import gzip
import io
import zipfile
import zlib
from pathlib import Path

from ._errors import DataError, Fault


GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, gzipped or not, without their ends.

    Args:
        path: File to read.

    Returns:
        Its lines; the first is line 1 of the messages.

    Raises:
        DataError: If the file is missing, cut off, not gzip or not UTF-8.
    """
    text = decode(path, read_inflated(path))
    return text.replace("\r\n", "\n").split("\n")


def read_inflated(path: Path) -> bytes:
    """The bytes of a file, inflated if it is gzipped or the one file of a zip.

    Raises:
        DataError: If the file is missing, cut off, not gzip, or a zip of several files.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        remedy = "Check the path and its permissions."
        raise _whole(path, f"cannot be read ({reason}).", remedy) from error
    return _inflate(path, raw)


def decode(path: Path, raw: bytes) -> str:
    """The text that the bytes of a file are, in UTF-8.

    Raises:
        DataError: If they are not, with the line of the first wrong byte.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = f"byte 0x{raw[error.start]:02x} is not UTF-8."
        fault = Fault(line, "", problem, "Save the file as UTF-8.")
        raise DataError(path, [fault]) from error


def write_lines(path: Path, lines: list[str]) -> None:
    """Write lines as UTF-8, gzipped if the name ends in .gz.

    The gzip header carries no time and no name: the same lines give the same bytes.
    """
    raw = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(raw, mtime=0) if path.suffix == ".gz" else raw)


def _inflate(path: Path, raw: bytes) -> bytes:
    if raw.startswith(ZIP_MAGIC):
        return _unzip(path, raw)
    if not raw.startswith(GZIP_MAGIC):
        if path.suffix == ".gz" and raw:
            raise _whole(path, "is not gzip.", "Compress it, or drop '.gz'.")
        return raw
    try:
        return gzip.decompress(raw)
    except EOFError as error:
        remedy = "Copy or download it again."
        raise _whole(path, "is cut off: the gzip data end early.", remedy) from error
    except (OSError, zlib.error) as error:
        remedy = "Copy or download it again."
        raise _whole(path, f"is damaged: {error}.", remedy) from error


def _unzip(path: Path, raw: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as folder:
            names = folder.namelist()
            if len(names) == 1:
                return folder.read(names[0])
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError) as error:
        remedy = "Copy or download it again."
        raise _whole(path, "is cut off or damaged: not a whole zip.", remedy) from error
    problem = f"is a zip of {len(names)} files."
    raise _whole(path, problem, "Unzip it, and give the files.")


def _whole(path: Path, problem: str, remedy: str) -> DataError:
    return DataError(path, [Fault(0, "", problem, remedy)])


def says_synthetic(path: Path) -> bool:
    """Whether the first line of a file declares that its content is made up."""
    with path.open("rb") as file:
        is_zipped = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    with gzip.open(path) if is_zipped else path.open("rb") as file:
        first = file.readline()
    return first.decode("utf-8-sig", "replace").upper().startswith("# SYNTHETIC")
