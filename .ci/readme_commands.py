"""Print the commands that a page shows in its sh blocks, one a line, as they stand there.

A command that is meant to fail says so with a comment (`# exit 1`) and is printed with a test of that.
"""

import re
import sys
from pathlib import Path

page = Path(sys.argv[1]).read_text(encoding="utf-8")
for block in re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
    for line in block.replace("\\\n", " ").splitlines():
        command, _, comment = line.partition("#")
        expected = re.match(r"\s*exit (\d+)", comment)
        if command.strip():
            print(f"{command.strip()}; test $? -eq {expected[1]}" if expected else command.strip())
