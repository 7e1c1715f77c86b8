"""Every file of tests/scenarios, each a test; `PHANANH_SCENARIOS` names another folder."""

import os
import pathlib
import sys
import time
import unittest

from support import guarded

from scenario import Run

HERE = pathlib.Path(__file__).resolve().parents[3] / "tests/scenarios/files"
FILES = pathlib.Path(os.environ.get("PHANANH_SCENARIOS", HERE))


class Scenarios(unittest.IsolatedAsyncioTestCase):
    def test_there_are_some(self):
        self.assertTrue(any(FILES.glob("*.json")), FILES)


def scenario(path):
    async def test(self):
        begun = time.monotonic()
        try:
            await guarded(Run(path.read_text("utf-8")).run())
        except BaseException:
            print(f"scenario {path.stem} FAILED", file=sys.stderr)
            raise
        print(f"scenario {path.stem} ok {time.monotonic() - begun:.2f} s", file=sys.stderr)

    return test


for file in sorted(FILES.glob("*.json")):
    setattr(Scenarios, "test_" + file.stem.replace("-", "_"), scenario(file))
