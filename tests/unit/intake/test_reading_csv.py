"""Delimited text: what is a row, what is none, and what is said of each."""

import io

import pytest

from lib.errors import DeskError
from lib.intake.clean_csv import write_clean_csv
from lib.intake.reading import Reading, ReadOptions, read_bytes


def read(text: str | bytes, **options: object) -> Reading:
    data = text.encode() if isinstance(text, str) else text
    return read_bytes(data, "export.csv", ReadOptions(**options))  # type: ignore[arg-type]


def rows(reading: Reading) -> list[list[str]]:
    return [list(row) for batch in reading.batches() for row in batch.frame.itertuples(index=False)]


def lines(reading: Reading) -> list[int]:
    return [int(line) for batch in reading.batches() for line in batch.lines]


def noted(notes: tuple, word: str) -> list[int]:
    return [note.line for note in notes if word.lower() in note.why.lower()]


def lead_rows(count: int) -> str:
    return "".join(f"{number},Ann {number},2026-11-{number % 28 + 1:02}\r\n" for number in range(1, count + 1))


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_found(mark: str) -> None:
    reading = read(f"id{mark}name{mark}day\n1{mark}Ann{mark}2026-11-01\n2{mark}Bob{mark}2026-11-02\n")
    assert reading.facts.delimiter == mark
    assert rows(reading) == [["1", "Ann", "2026-11-01"], ["2", "Bob", "2026-11-02"]]


def test_decimal_commas_do_not_make_a_semicolon_file_a_comma_file() -> None:
    reading = read("day;cost;fee\n2026-11-01;1,70;0,50\n2026-11-02;2,90;1,25\n2026-11-03;3,10;0,75\n")
    assert reading.facts.delimiter == ";"
    assert rows(reading)[0] == ["2026-11-01", "1,70", "0,50"]


def test_the_line_sep_is_obeyed_and_is_no_row() -> None:
    reading = read("sep=;\r\na;b\r\n1,5;2\r\n")
    assert (reading.facts.delimiter, reading.facts.header_row) == (";", 2)
    assert rows(reading) == [["1,5", "2"]]
    assert noted(reading.facts.skipped, "delimiter") == [1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read_and_counted(end: str) -> None:
    reading = read(end.join(["id,name", "1,Ann", f'2,"Bob{end}the second"', "3,Cid"]))
    assert rows(reading) == [["1", "Ann"], ["2", f"Bob{end}the second"], ["3", "Cid"]]
    assert lines(reading) == [2, 3, 5]


def test_zip_codes_and_long_identifiers_stay_text() -> None:
    reading = read("zip,id,share\n00501,281498631867774123,1.50\n")
    assert rows(reading) == [["00501", "281498631867774123", "1.50"]]


def test_formula_like_cells_stay_text_and_are_written_as_they_were() -> None:
    text = 'id,link\r\n1,"=HYPERLINK(""http://x"",""y"")"\r\n2,@SUM(A1)\r\n'
    out = io.BytesIO()
    write_clean_csv(read(text), out)
    assert out.getvalue().decode() == text


def test_clean_csv_quotes_only_where_needed() -> None:
    out = io.StringIO(newline="")
    write_clean_csv(read('a;b\n"x";"y, ""z"""\n"";2\n'), out)
    assert out.getvalue() == 'a,b\r\nx,"y, ""z"""\r\n,2\r\n'


def test_preamble_comments_and_blank_lines_are_listed_and_are_no_rows() -> None:
    reading = read(
        "Lead report\nJan 1, 2026 - Jan 31, 2026\n\n# made by hand\nid,name,city,fee\n1,Ann,Erie,2\n\n2,Bo,Rye,3\n"
    )
    assert reading.facts.header_row == 5
    assert lines(reading) == [6, 8]
    assert [note.line for note in reading.facts.skipped] == [1, 2, 3, 4, 7]
    assert noted(reading.facts.skipped, "blank") == [3, 7]


def test_total_lines_are_skipped_with_why() -> None:
    reading = read("campaign,clicks,cost\nRoofs,10,5.00\nTotal: Search,10,5.00\nGrand total,10,5.00\nTotal,,5.00\n")
    assert rows(reading) == [["Roofs", "10", "5.00"]]
    assert noted(reading.facts.skipped, "total") == [3, 4, 5]


def test_a_full_row_that_merely_begins_with_total_is_kept() -> None:
    reading = read("name,city,phone\nTotal Plumbing,Erie,814-555-0100\nTotal,Rye,914-555-0101 ext\nTotally Dry,Rye,x\n")
    assert reading.facts.rows == 3
    assert noted(reading.facts.flagged, "like a total") == [3]


def test_group_lines_are_skipped_and_one_cell_data_is_not() -> None:
    reading = read("job,day,total\nBusiness Unit: HVAC,,\n1,2026-11-01,5\nBusiness Unit: Drains\n2,2026-11-02,6\n3,,\n")
    assert noted(reading.facts.skipped, "group") == [2, 4]
    assert rows(reading)[-1] == ["3", "", ""]


def test_a_heading_repeated_in_mid_file_is_no_row() -> None:
    reading = read("id,name\n1,Ann\nid,name\n2,Bo\n")
    assert rows(reading) == [["1", "Ann"], ["2", "Bo"]]
    assert noted(reading.facts.skipped, "repeated") == [3]


def test_a_row_of_groups_above_the_names_is_joined_with_them() -> None:
    reading = read("Customer,,Job,\nName,Phone,Id,Fee\nAnn,555,1,2.5\nBo,556,2,3.5\nCy,557,3,4.5\n")
    assert reading.facts.columns == ("Customer Name", "Customer Phone", "Job Id", "Job Fee")
    assert reading.facts.rows == 3
    assert noted(reading.facts.flagged, "joined") == [1]


def test_a_second_full_row_of_words_is_kept_as_data_and_pointed_at() -> None:
    reading = read("id,fee,day\nnumber,dollars,date\n1,2.5,2026-11-01\n2,3.5,2026-11-02\n")
    assert reading.facts.rows == 3
    assert noted(reading.facts.flagged, "second row of column names") == [2]


def test_columns_without_a_name_or_with_the_same_get_one() -> None:
    reading = read("id,,id, name ,id\n1,2,3,4,5\n")
    assert reading.facts.columns == ("id", "column_2", "id_2", "name", "id_3")
    assert len(reading.facts.flagged) == 3
    assert read("id,id_2,id\n1,2,3\n").facts.columns == ("id", "id_2", "id_3")


def test_a_header_that_looks_like_data_is_flagged() -> None:
    reading = read("1,2026-11-01,5.5\n2,2026-11-02,6.5\n")
    assert noted(reading.facts.flagged, "may be data") == [1]
    assert read("id,day,fee\n2,2026-11-02,6.5\n").facts.flagged == ()


def test_the_header_row_can_be_told() -> None:
    text = "a,b\nc,d\n1,2\n"
    assert read(text, header_row=2).facts.columns == ("c", "d")
    assert rows(read(text, header_row=0)) == [["a", "b"], ["c", "d"], ["1", "2"]]
    with pytest.raises(DeskError, match="Line 9"):
        read(text, header_row=9)


def test_header_only_and_one_row_are_tables() -> None:
    assert (read("a,b,c\n").facts.rows, read("a,b,c").facts.columns) == (0, ("a", "b", "c"))
    assert list(read("a,b,c\n").batches()) == []
    assert rows(read("a,b,c\n1,2,3")) == [["1", "2", "3"]]


def test_few_short_rows_are_rejected_with_their_line_and_text() -> None:
    reading = read("id,name,day\r\n" + lead_rows(50) + "51,lost\r\n" + lead_rows(2))
    assert (reading.facts.rows, reading.facts.arrived) == (52, 53)
    assert [note.line for note in reading.facts.rejected] == [52]
    assert dict(reading.rejected_rows()) == {52: "51,lost\r\n"}
    assert lines(reading)[-2:] == [53, 54]


def test_many_short_rows_are_padded_and_flagged() -> None:
    reading = read("id,name,day\n1,Ann\n2,Bo\n3,Cy,2026-11-01\n")
    assert rows(reading)[0] == ["1", "Ann", ""]
    assert noted(reading.facts.flagged, "left blank") == [2, 3]


def test_a_long_row_is_rejected_so_that_no_cell_is_lost() -> None:
    reading = read("id,name,age\n1101,John\n1102,Julie,26,Potatoes\n")
    assert reading.facts.arrived == 2
    assert dict(reading.rejected_rows()) == {3: "1102,Julie,26,Potatoes\n"}
    assert reading.facts.rejected[0].why == "4 cells where the table has 3 columns."


def test_delimiters_at_the_end_of_every_row_add_no_column() -> None:
    reading = read("a,b\n1,2,\n3,4,\n5,6,\n")
    assert rows(reading) == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert len(reading.facts.flagged) == 1


@pytest.mark.parametrize("place", [0, 30, 59])
def test_a_quote_that_never_closes_swallows_no_row(place: int) -> None:
    body = lead_rows(60).split("\r\n")[:-1]
    body[place] = body[place].replace("Ann", '"Ann')
    reading = read("id,name,day\r\n" + "\r\n".join(body) + "\r\n")
    assert reading.facts.rows == 60
    assert rows(reading)[place][1].startswith('"Ann')
    assert [note.line for note in reading.facts.flagged] == [place + 2]
    assert f"opens on line {place + 2} and is never closed" in reading.facts.flagged[0].why


def test_the_end_of_a_line_is_part_of_no_cell_whose_quote_never_closes() -> None:
    body = lead_rows(40).split("\r\n")[:-1]
    body[20], body[21] = '21,Ann,",2026-11-01', '22,Ann ""hi"" Bo",2026-11-02'
    reading = read("id,name,day\r\n" + "\r\n".join(body) + "\r\n")
    assert rows(reading)[20] == ["21", "Ann", ",2026-11-01"]
    assert [cell for row in rows(reading) for cell in row if cell != cell.strip("\r\n")] == []
    assert reading.facts.rows == 40


def test_two_stray_quotes_far_apart_swallow_no_row() -> None:
    body = lead_rows(60).split("\r\n")[:-1]
    body[10], body[40] = '11,"Ann,2026-11-01', '41,Ann",2026-11-01'
    reading = read("id,name,day\r\n" + "\r\n".join(body) + "\r\n")
    assert (reading.facts.rows, reading.facts.rejected) == (60, ())
    assert rows(reading)[10][1] == '"Ann'
    assert [note.line for note in reading.facts.flagged] == [12, 42]


def test_stray_quotes_in_every_row_cost_no_more_than_their_length() -> None:
    reading = read("a,b,c\n" + '1,5" pipe,"x\n' * 5_000)
    assert (reading.facts.rows, reading.facts.flagged_count, len(reading.facts.flagged)) == (5_000, 5_000, 1_000)
    assert rows(reading)[-1] == ["1", '5" pipe', '"x']


def test_quotes_inside_a_quoted_cell_stay_in_it_and_are_flagged() -> None:
    reading = read('id,text\n1,"He said "hi" there"\n2,"plain"\n3,"5"" pipe"\n')
    assert [row[1] for row in rows(reading)] == ['He said "hi" there', "plain", '5" pipe']
    assert [note.line for note in reading.facts.flagged] == [2]


def test_backslash_escapes_and_apostrophes_are_understood() -> None:
    reading = read('id,text,path\n1,"say \\"hi\\", Bo",C:\\temp\n2,"a, b",C:\\new\n')
    assert rows(reading) == [["1", 'say "hi", Bo', "C:\\temp"], ["2", "a, b", "C:\\new"]]
    assert rows(read("id,text,fee\n1,'a, b',2\n2,'c, d',3\n3,'e',4\n"))[0] == ["1", "a, b", "2"]


def test_nul_bytes_are_taken_out_and_their_lines_flagged() -> None:
    reading = read(b"a,b,c\n\x00,2,3\n4,5,6\n")
    assert rows(reading) == [["", "2", "3"], ["4", "5", "6"]]
    assert noted(reading.facts.flagged, "NUL") == [2]


def test_one_column_with_a_likely_delimiter_is_flagged() -> None:
    reading = read('"id;name"\n"1;Ann"\n"2;Bo"\n')
    assert rows(reading) == [["1;Ann"], ["2;Bo"]]
    assert noted(reading.facts.flagged, "one column") == [1]
    assert read('"id;name"\n"1;Ann"\n', delimiter=",").facts.flagged == ()


def test_one_column_without_a_delimiter_is_read_without_a_word() -> None:
    reading = read("zip\n01\n002\n00003")
    assert (rows(reading), reading.facts.flagged) == ([["01"], ["002"], ["00003"]], ())


def test_two_hundred_columns_are_fine_and_two_thousand_and_one_are_not() -> None:
    wide = ",".join(f"c{number}" for number in range(200))
    assert len(read(f"{wide}\n{wide.replace('c', '')}\n").facts.columns) == 200
    with pytest.raises(DeskError) as refused:
        read(",".join(f"c{number}" for number in range(2001)) + "\n")
    assert refused.value.code == "too_many_columns"
    assert "Line 1" in refused.value.message


def test_batches_hold_every_row_once_with_its_place() -> None:
    reading = read("id,name,day\r\n" + lead_rows(60_000))
    batches = list(reading.batches(25_000))
    assert [(batch.first_row, len(batch.frame), len(batch.lines)) for batch in batches] == [
        (0, 25_000, 25_000),
        (25_000, 25_000, 25_000),
        (50_000, 10_000, 10_000),
    ]
    assert batches[2].frame["id"].iloc[-1] == "60000"
    assert batches[2].lines[-1] == 60_001
    assert {str(kind) for kind in batches[0].frame.dtypes} == {"str"}


def test_slow_patterns_cannot_be_provoked() -> None:
    reading = read("a,b\n" + '1,"' + '""' * 20_000 + 'x"y\n' + "2,3\n")
    assert reading.facts.arrived == 2


def test_a_few_rows_with_one_delimiter_too_many_are_rejected_although_the_surplus_is_blank() -> None:
    rows = "".join(f"r{n},x,y\n" for n in range(40))
    reading = read_bytes(f"id,a,b\n{rows}r40,one,two,\n".encode(), "x.csv")
    assert (reading.facts.rows, [note.line for note in reading.facts.rejected]) == (40, [42])
