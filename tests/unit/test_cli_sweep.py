"""What `persim sweep` says while it runs where there is no terminal."""

from persim import cli_sweep


def test_a_log_gets_a_line_a_minute_with_the_time_left(monkeypatch, capsys):
    clock = [0.0]
    monkeypatch.setattr(cli_sweep.time, "monotonic", lambda: clock[0])
    progress = cli_sweep._LinesOfProgress()
    for clock[0], done, failed in ((1.0, 100, 0), (59.0, 150, 0), (61.0, 160, 0), (62.0, 161, 0), (130.0, 220, 2)):
        progress(done, 1000, failed)
    assert capsys.readouterr().err.splitlines() == [
        "160 of 1,000 runs; about 14 min left",
        "220 of 1,000 runs, 2 failed; about 14 min left",
    ]


def test_a_short_sweep_says_nothing(capsys):
    progress = cli_sweep._LinesOfProgress()
    for done in range(5):
        progress(done, 5, 0)
    assert capsys.readouterr().err == ""
