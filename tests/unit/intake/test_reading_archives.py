"""Archives: the one file inside is read, several are named, and a bomb is not let off."""

import gzip
import io
import zipfile

import pytest

from lib.errors import DeskError
from lib.intake import sources, unpack
from lib.intake.reading import ReadOptions, read_bytes

CSV = b"id,name\n1,Ann\n2,Bo\n"


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def refusal(data: bytes, member: str = "") -> DeskError:
    with pytest.raises(DeskError) as refused:
        read_bytes(data, "leads.zip", ReadOptions(member=member))
    return refused.value


def test_a_gzip_file_is_read_as_the_file_inside() -> None:
    facts = read_bytes(gzip.compress(CSV), "leads.csv.gz").facts
    assert (facts.rows, facts.member) == (2, "leads.csv")
    assert read_bytes(gzip.compress(b'{"id":1}\n{"id":\n'), "leads.ndjson.gz").facts.rejected_count == 1


def test_a_zip_archive_of_one_file_is_read_and_what_macos_adds_is_no_file() -> None:
    facts = read_bytes(zipped({"out/leads.csv": CSV, "__MACOSX/out/._leads.csv": b"x"}), "leads.zip").facts
    assert (facts.rows, facts.member) == (2, "out/leads.csv")


def test_of_several_files_one_has_to_be_named() -> None:
    data = zipped({"leads.csv": CSV, "calls.json": b'[{"id":1}]'})
    error = refusal(data)
    assert error.code == "archive"
    assert "'leads.csv', 'calls.json'" in error.message
    assert read_bytes(data, "x.zip", ReadOptions(member="calls.json")).facts.kind == "json"
    assert refusal(data, "jobs.csv").code == "no_such_member"
    assert refusal(zipped({})).code == "empty_file"


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"a.csv": data})])
def test_a_bomb_and_a_torn_archive_are_refused(pack, monkeypatch: pytest.MonkeyPatch) -> None:
    torn = pack(CSV * 50)
    assert refusal(torn[:40] + torn[60:]).code == "corrupt_file"
    monkeypatch.setattr(unpack, "_INNOCENT", 100_000)
    assert refusal(pack(b"0" * 3_000_000)).code == "too_large"


def test_what_unpacks_to_much_lies_on_disk_and_is_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"id,name\n" + b"".join(b"%d,Ann\n" % n for n in range(2_000))
    monkeypatch.setattr(sources, "BLOCK", 1_000)
    reading = read_bytes(gzip.compress(data), "leads.csv.gz")
    assert [len(batch.frame) for batch in reading.batches(1_500)] == [1_500, 500]
    with monkeypatch.context() as patched:
        patched.setattr(sources, "MOST_UNPACKED", 5_000)
        assert refusal(gzip.compress(data)).code == "too_large"


def test_an_archive_whose_file_has_lost_its_name_is_refused_by_name() -> None:
    data = bytearray(zipped({"x": b"id,date\n1,2026-01-01\n"}))
    entry = data.index(b"PK\x01\x02")
    # The name's one byte becomes a byte of padding, in the directory and before the file itself.
    data[entry + 28], data[entry + 30], data[26], data[28] = 0, 1, 0, 1
    assert refusal(bytes(data)).code == "corrupt_file"
