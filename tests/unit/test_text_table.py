"""Tables of strings on pages of any width."""

from persim.text_table import Notes, Row, TextTable, broken

TABLE = TextTable(
    ("What changes", "in a year"),
    ("baseline", "lean_process", "brokers_and_peers"),
    (Row("Take-up"), Row("  Real", ("4.3 %", "+0.8 (0.6 to 1.1)", "+10.2 (9.6 to 10.9)"))),
    ("A note.",),
)


def lines(width: int) -> list[str]:
    return [text for text, _ in TABLE.lines(width)]


def test_a_wide_page_holds_all_columns_side_by_side():
    row = next(line for line in lines(200) if line.startswith("  Real"))
    assert row.split("  ")[-1] == "+10.2 (9.6 to 10.9)"
    assert "4.3 %" in row


def test_a_narrow_page_breaks_into_panels_that_repeat_the_first_column():
    rows = [line for line in lines(45) if line.startswith("  Real")]
    assert len(rows) == 2
    assert all("4.3 %" in row for row in rows)


def test_nothing_is_cut_however_narrow_the_page():
    text = "\n".join(lines(20))
    assert "+10.2 (9.6 to 10.9)" in text
    assert "+0.8 (0.6 to 1.1)" in text


def test_headings_are_marked_and_notes_stand_right_under_the_table():
    marked = [text for text, strong in TABLE.lines(200) if strong]
    assert "Take-up" in marked
    assert lines(200)[-1] == "A note."


def test_a_name_breaks_where_it_may_and_keeps_every_sign():
    assert broken("role_clarity/usual_load", 13) == ["role_clarity/", "usual_load"]
    assert "".join(broken("positive_risk_taking", 3)) == "positive_risk_taking"


def test_notes_are_numbered_once_in_the_order_they_are_needed():
    notes = Notes()
    assert notes.mark("first", "") == " [1]"
    assert notes.mark("second", "first") == " [2][1]"
    assert notes.mark("") == ""
    assert notes.lines() == ("[1] first", "[2] second")
