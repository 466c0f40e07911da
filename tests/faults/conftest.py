"""Fixtures of tests of faults."""

import sys

import pytest

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]  # processes are killed and limited as on POSIX
else:
    from fault_tools import begin, contents, design_text, no_process_is_left, persim  # noqa: F401

    @pytest.fixture
    def made_runs(monkeypatch):
        """Numbers of the runs that are made from here on, in this process."""
        from persim.run_maker import RunMaker

        made, whole_row = [], RunMaker._row

        def counted(self, number):
            made.append(number)
            return whole_row(self, number)

        monkeypatch.setattr(RunMaker, "_row", counted)
        return made

    @pytest.fixture(scope="session")
    def whole(tmp_path_factory):
        """(design file, contents of its uninterrupted sweep in small parts): 320 runs."""
        folder = tmp_path_factory.mktemp("whole")
        design = folder / "mini.yaml"
        design.write_text(design_text())
        place = begin(folder / "out", design)
        result = persim("sweep", design, "--out", place, "--resume", "--no-figures")
        assert result.exit_code == 0, result.output
        return design, contents(place)

    @pytest.fixture(scope="session")
    def small(tmp_path_factory):
        """(design file, folder of its sweep): 48 runs in 3 parts. Tests copy it."""
        folder = tmp_path_factory.mktemp("small")
        design = folder / "mini.yaml"
        design.write_text(design_text(6))
        place = begin(folder / "out", design)
        result = persim("sweep", design, "--out", place, "--resume", "--no-figures")
        assert result.exit_code == 0, result.output
        return design, place
