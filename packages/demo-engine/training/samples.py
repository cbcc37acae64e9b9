"""Writes held-out requests of the generator in the evaluation's layout.

python samples.py SEEDS COUNT test|unseen > FILE.jsonl     test: the split that training skipped; unseen: nouns and seeds never trained on
"""

import json
import sys
from pathlib import Path
from random import Random

from corpus import composer, is_test


def main() -> None:
    seeds, count, held_out = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "unseen"
    c, r, written = composer(seeds, held_out), Random(77), 0
    while written < count:
        s = c.draw(r)
        if s.kind in ("result", "asks", "chat") or not (is_test(s) or held_out): continue
        written += 1
        for m in s.messages:
            if m.get("tool_calls"): m["tool_calls"] = [{"function": call} for call in m["tool_calls"]]
        print(json.dumps({"id": f"own-{written:03d}", "kind": s.kind, "tools": s.tools, "messages": s.messages, "acceptable": [s.calls]}, ensure_ascii=False))


if __name__ == "__main__":
    main()
