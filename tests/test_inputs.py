"""Folders and ZIP archives of reports: what is read of them, and what hostile archives are refused for."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import pytest
from click.testing import CliRunner

import bundled
from trialtab import cli, inputs, run
from trialtab.errors import ReadError
from trialtab.readers import _zipped
from trialtab.store import Store

NAMES = ("reg_asthma_export.ris", "reg_kestrel_gout_report.docx", "reg_alder_myeloma_page.json")


def corpus(name):
    (path,) = [path for path in bundled.DOCUMENTS if path.name == name]
    return path.read_bytes()


def archive(path, **members):
    """A ZIP archive; members: name -> bytes, "__" for "/" and "_dot_" for "."."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return path


@pytest.fixture
def mixed(tmp_path):
    """An archive of three readable files in a folder, and of what is passed over."""
    with zipfile.ZipFile(tmp_path / "search.zip", "w", zipfile.ZIP_DEFLATED) as made:
        for name in NAMES:
            made.writestr(f"sub/{name}", corpus(name))
        for name in ("__MACOSX/sub/._x.txt", ".hidden.txt", "data.csv", "sub/floors.json"):
            made.writestr(name, "1 of 2 patients")
    return tmp_path / "search.zip"


def reasons(outcomes):
    return {outcome.path.name: outcome.reason for outcome in outcomes if not outcome.ok}


def test_an_archive_is_read_like_the_folder_it_is_of(mixed, tmp_path):
    outcomes = run.extract([mixed], tmp_path / "zipped.db", workers=1)
    assert {o.path.relative_to(tmp_path).as_posix(): o.state for o in outcomes} == {
        f"search.zip/sub/{name}": "extracted" for name in NAMES
    }
    with zipfile.ZipFile(mixed) as made:
        made.extractall(tmp_path / "unpacked")
    run.extract([tmp_path / "unpacked"], tmp_path / "plain.db", workers=2)
    with Store(tmp_path / "zipped.db") as one, Store(tmp_path / "plain.db") as other:
        assert one.select() == other.select()
        assert {d["document"] for d in one.documents()} == set(NAMES)
    assert {o.state for o in run.extract([mixed], tmp_path / "zipped.db")} == {"unchanged"}


def test_an_archive_within_a_folder_is_opened_too(mixed, tmp_path):
    found, failed = run.files([tmp_path])
    assert [path.name for path in found] == sorted(NAMES) and failed == []
    assert inputs.size(found[0]) == len(corpus(found[0].name))
    assert inputs.content(found[0]) == corpus(found[0].name)


def test_a_name_is_not_given_twice_while_its_archive_is_there(tmp_path):
    archive(tmp_path / "a.zip", x_dot_txt=b"12 of 20 patients responded.")
    archive(tmp_path / "b.zip", x_dot_txt=b"7 of 20 patients responded.")
    db = tmp_path / "evidence.db"
    run.extract([tmp_path / "a.zip"], db)
    run.extract([tmp_path / "b.zip"], db)
    with Store(db, write=False) as store:
        assert [d["document"] for d in store.documents()] == ["b.zip/x.txt", "x.txt"]


def test_what_of_an_archive_cannot_be_read_is_said_file_by_file(tmp_path):
    path = archive(
        tmp_path / "mixed.zip",
        good_dot_txt=b"Response in 12 of 20 patients.",
        bad_dot_docx=b"PK\x03\x04 cut",
        empty_dot_docx=b"",
        no_dot_json=b'{"a": 1}',
        no_dot_ris=b"AU  - X\nTI  - Y\n",
        inner_dot_zip=b"PK\x05\x06" + bytes(18),
        zeros_dot_txt=bytes(60_000_000),
    )
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("../../out.txt", "x")
    outcomes = run.extract([path], tmp_path / "evidence.db", workers=1)
    assert [o.path.name for o in outcomes if o.ok] == ["good.txt"]
    assert reasons(outcomes) == {
        "bad.docx": "ZIP archive, damaged: unpack it with another tool first",
        "empty.docx": "empty file",
        "inner.zip": "an archive in an archive: unpack it first",
        "no.json": "JSON, but no record of ClinicalTrials.gov: no protocolSection in it",
        "no.ris": "RIS file without a record: none begins with TY",
        "out.txt": "its name leads out of its archive: refused",
        "zeros.txt": "unpacks to 60 MB, more than 200 times its size: refused as a ZIP bomb",
    }


def test_the_exit_code_is_1_and_each_refusal_one_line(tmp_path):
    archive(tmp_path / "mixed.zip", good_dot_txt=b"Response in 12 of 20 patients.", no_dot_json=b"[]")
    (tmp_path / "cut.zip").write_bytes((tmp_path / "mixed.zip").read_bytes()[:-30])
    result = CliRunner().invoke(
        cli.main, ["extract", str(tmp_path / "mixed.zip"), str(tmp_path / "cut.zip"), "--db", str(tmp_path / "e.db")]
    )
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 2
    assert "cut.zip: ZIP archive, damaged" in result.stderr and "mixed.zip/no.json: JSON" in result.stderr
    assert "3 files: 1 extracted, 2 failed" in result.stdout


def lying(path, declared):
    """An archive whose directory and local header declare another unpacked size than its file has."""
    archive(path, x_dot_txt=bytes(20_000_000))
    data = bytearray(path.read_bytes())
    for sign, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(sign) + offset
        data[at : at + 4] = struct.pack("<I", declared)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("declared", "words"), [(4_294_967_290, "4,295 MB: over the limit"), (1000, "damaged in its archive")]
)
def test_an_archive_that_lies_of_its_sizes_is_held_to_them(tmp_path, declared, words):
    path = lying(tmp_path / "lying.zip", declared)
    began = time.perf_counter()
    (outcome,) = run.extract([path], tmp_path / "evidence.db")
    assert words in outcome.reason
    assert time.perf_counter() - began < 5
    if declared == 1000:
        with pytest.raises(ReadError, match="damaged"):
            _zipped.unpacked(path, "x.txt")


def test_ten_gigabytes_of_zeros_are_refused_by_what_the_directory_says(tmp_path):
    path = tmp_path / "bomb.zip"
    block, out = bytes(1 << 20), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made, made.open("zeros.txt", "w", force_zip64=True) as file:
        for _ in range(40):
            file.write(block)
    data = bytearray(out.getvalue())
    at = data.index(b"PK\x01\x02")
    assert data[at + 24 : at + 28] == struct.pack("<I", 40 << 20)
    data[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(data)
    began = time.perf_counter()
    (outcome,) = run.extract([path], tmp_path / "evidence.db")
    assert "over the limit of 500 MB" in outcome.reason
    assert time.perf_counter() - began < 5


def test_too_many_files_in_one_archive_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(_zipped, "MAX_ENTRIES", 3)
    archive(tmp_path / "many.zip", **{f"{i}_dot_txt": b"x" for i in range(4)})
    assert reasons(run.files([tmp_path])[1]) == {"many.zip": "ZIP archive of 4 files: over the limit of 3"}


def test_an_archive_of_nothing_that_is_read_says_so(tmp_path):
    archive(tmp_path / "data.zip", a_dot_csv=b"1,2")
    assert reasons(run.files([tmp_path])[1]) == {"data.zip": "ZIP archive of 1 files, none of a kind that is read"}
    with pytest.raises(ReadError, match="an archive of several files; name one file"):
        archive(tmp_path / "two.zip", a_dot_txt=b"1", b_dot_txt=b"2")
        run.read_file(tmp_path / "two.zip")
