"""JSON and NDJSON: records, envelopes, nesting, and numbers that keep every digit."""

import pytest

from lib.errors import DeskError
from lib.intake.reading import Reading, read_bytes


def read(text: str | bytes, name: str = "leads.json") -> Reading:
    return read_bytes(text.encode() if isinstance(text, str) else text, name)


def rows(reading: Reading) -> list[dict[str, str]]:
    return [row for batch in reading.batches() for row in batch.frame.to_dict("records")]


def refusal(text: str | bytes, name: str = "leads.json") -> DeskError:
    with pytest.raises(DeskError) as refused:
        read(text, name)
    return refused.value


def test_numbers_keep_the_text_they_were_written_in() -> None:
    row = rows(read('[{"id":281498631867774123456789,"fee":25.67,"zero":0.0,"exp":1E+2,"ok":true,"no":false}]'))[0]
    assert row == {
        "id": "281498631867774123456789", "fee": "25.67", "zero": "0.0", "exp": "1E+2", "ok": "true", "no": "false",
    }  # fmt: skip


def test_nested_objects_become_dotted_paths_and_lists_stay_json() -> None:
    row = rows(read('{"a":{"b":{"c":1},"d":"x"},"tags":["x","ü"],"qa":[{"q":"A?","n":2.50}],"none":[],"nil":{}}'))[0]
    assert row == {
        "a.b.c": "1", "a.d": "x", "tags": '["x","ü"]', "qa": '[{"q":"A?","n":2.50}]', "none": "[]", "nil": "{}",
    }  # fmt: skip


def test_a_missing_key_and_null_are_missing_and_a_blank_is_not() -> None:
    frame = next(iter(read('[{"a":"","b":null},{"b":"x"}]').batches())).frame
    assert frame.isna().to_dict("list") == {"a": [False, True], "b": [True, False]}
    assert set(map(str, frame.dtypes)) == {"str"}


def test_an_envelope_gives_its_records_and_says_when_there_are_more() -> None:
    reading = read('{"page":1,"pageSize":2,"hasMore":true,"totalCount":9,"data":[{"id":1},{"id":2}]}')
    assert [row["id"] for row in rows(reading)] == ["1", "2"]
    assert "more records" in reading.facts.flagged[0].why
    calls = read('{"page":1,"per_page":100,"total_pages":1,"total_records":1,"calls":[{"id":"CAL1"}]}')
    assert calls.facts.columns == ("id",)
    assert read('{"data":[],"hasMore":false}').facts.rows == 0


def test_a_single_object_is_one_record() -> None:
    reading = read('{"leadOid":1,"fee":0.0,"interview":[{"question":"A","answer":"B"}],"primaryPhoneDetails":{"x":1}}')
    assert reading.facts.rows == 1
    assert reading.facts.columns == ("leadOid", "fee", "interview", "primaryPhoneDetails.x")


def test_a_record_that_is_no_object_is_rejected_and_counted() -> None:
    reading = read('[{"id":1},5,{"id":2},null]')
    assert (reading.facts.rows, reading.facts.arrived) == (2, 4)
    assert [(note.line, note.why) for note in reading.facts.rejected] == [
        (2, "Record 2 is a number, not an object with fields."),
        (4, "Record 4 is null, not an object with fields."),
    ]
    assert [int(line) for batch in reading.batches() for line in batch.lines] == [1, 3]


def test_a_key_with_a_dot_never_overwrites_a_nested_one() -> None:
    reading = read('[{"a.b":1,"a":{"b":2},"":3}]')
    assert reading.facts.columns == ("a.b", "a.b_2", "column_3")
    assert list(rows(reading)[0].values()) == ["1", "2", "3"]


def test_a_repeated_key_is_flagged() -> None:
    reading = read('{"a":1,"a":2}')
    assert rows(reading) == [{"a": "2"}]
    assert "twice" in reading.facts.flagged[0].why


def test_lines_of_json_are_read_and_a_bad_line_is_rejected_alone() -> None:
    reading = read('{"id":1}\n\n{"id":2\n{"id":3}\n', "leads.ndjson")
    assert (reading.facts.kind, [row["id"] for row in rows(reading)]) == ("ndjson", ["1", "3"])
    assert dict(reading.rejected_rows()) == {3: '{"id":2'}
    assert "Line 3" in reading.facts.rejected[0].why
    assert [note.line for note in reading.facts.skipped] == [2]


def test_lines_of_json_under_another_name_must_all_be_records() -> None:
    assert read('{"id":1}\r\n{"id":2}\r\n', "leads.json").facts.rows == 2
    assert refusal('{"id":1}\n{"id":2\n').code == "invalid_json"


@pytest.mark.parametrize("text", ["[]", "{}", "5", "null", '"x"', "[1,2]", "[{}]", "[[]]"])
def test_json_without_records_is_valid_and_refused_for_that(text: str) -> None:
    assert refusal(text).code == "no_records"


@pytest.mark.parametrize(
    "text", ["", " ", "[1,]", '{"a":NaN}', '{"a":Infinity}', "{'a':1}", b'["\xff"]', "id,name\n1,2\n"]
)
def test_what_is_no_json_is_refused_naming_line_and_column(text: str | bytes) -> None:
    error = refusal(text)
    assert error.code == "invalid_json"
    assert "line 1, column" in error.message or not text.strip()


def test_broken_json_under_another_name_is_never_read_as_a_table() -> None:
    assert refusal('[{"id": 1, "name": "Ann"},\n {"id": 2', "leads.csv").code == "invalid_json"


def test_deep_nesting_does_not_crash() -> None:
    assert refusal("[" * 100_000).code == "invalid_json"
    assert refusal("[" * 100_000 + "]" * 100_000).code == "invalid_json"
    for depth in (300, 900, 1000):
        try:
            read('{"a":' * depth + "1" + "}" * depth)
        except DeskError as error:
            assert error.code in ("nested_too_deep", "invalid_json", "name_too_long")
    assert refusal('[{"a":' + "[" * 900 + "]" * 900 + "}]").code == "nested_too_deep"


def test_utf16_json_and_a_mark_are_read() -> None:
    assert rows(read('[{"a":"ü"}]'.encode("utf-16"))) == [{"a": "ü"}]
    assert rows(read(b'\xef\xbb\xbf{"a":"x"}')) == [{"a": "x"}]
