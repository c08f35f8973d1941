"""drain3 with its default settings over a file of log lines: lines a second, and how many clusters.

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python run.py FILE
"""
import sys
import time

from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig

with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
    lines = file.read().splitlines()
miner = TemplateMiner(config=TemplateMinerConfig())
begun = time.perf_counter()
for line in lines:
    miner.add_log_message(line)
took = time.perf_counter() - begun
print(f"drain3: {len(lines)} lines, {len(miner.drain.clusters)} clusters, {len(lines) / took:,.0f} lines/s")
