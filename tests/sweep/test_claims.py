"""Who works on a task, so that two do not."""

import json
import os
from pathlib import Path

from jaxrisk.sweep._claims import Claims
from jaxrisk.sweep._store import MARK


def test_a_claim_of_a_living_process_is_left_and_that_of_a_dead_one_taken(
    tmp_path: Path,
) -> None:
    claims = Claims(tmp_path)
    with claims.held(0) as own, Claims(tmp_path).held(0) as other:
        assert own
        assert not other
    file = tmp_path / MARK / "claims" / "0.json"
    assert not file.exists()
    for owner, taken in (
        ({"host": os.uname().nodename, "pid": 2**22 + 1}, True),
        ({"host": os.uname().nodename, "pid": 1}, False),
        ({"host": "elsewhere", "pid": 2**22 + 1}, False),
    ):
        file.write_text(json.dumps(owner))
        with claims.held(0) as own:
            assert own == taken
        file.unlink(missing_ok=True)
    file.write_text(json.dumps({"host": "elsewhere", "pid": 1}))
    os.utime(file, (0, 0))
    with claims.held(0) as own:
        assert own
    claims.clear()
    assert not file.parent.exists()
