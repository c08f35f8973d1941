"""drain3 with its default settings over a file of log lines: lines a second, and how many clusters, as JSON.

    python3 -m venv .venv && .venv/bin/pip install --no-deps -r requirements.txt && .venv/bin/python run.py FILE

Reading the file is not in it. The benchmark's section `fingerprint` runs this. With `--each` behind the file it prints the
number of each line's cluster instead: the test of the fingerprint's quality scores them.
"""
import json
import sys
import time

from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig

with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
    lines = file.read().split("\n")
if lines and not lines[-1]:
    lines.pop()
miner = TemplateMiner(config=TemplateMinerConfig())
if "--each" in sys.argv:
    print("\n".join(str(miner.add_log_message(line)["cluster_id"]) for line in lines))
    sys.exit()
begun = time.perf_counter()
for line in lines:
    miner.add_log_message(line)
took = time.perf_counter() - begun
print(json.dumps({"lines": len(lines), "lines_a_second": len(lines) / took, "clusters": len(miner.drain.clusters)}))
