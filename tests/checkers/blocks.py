"""Says what Slack's own Python SDK finds wrong with views and messages.

Reads {"views": [...], "messages": [{"blocks": [...]}, ...]} from standard input and writes a list of sentences.
"""

import json
import sys

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

asked = json.load(sys.stdin)
wrong = []


def parts(at, blocks):
    for number, block in enumerate(blocks):
        parsed = Block.parse(block)
        if parsed is None:
            wrong.append(f"{at}, block {number}: it is no block: {block.get('type')}")
            continue
        try:
            # This validates what is within it as well.
            kept = parsed.to_dict()
        except Exception as error:
            wrong.append(f"{at}, block {number} ({block.get('type')}): {error}")
            continue
        for key in block:
            if key not in kept:
                wrong.append(f"{at}, block {number} ({block.get('type')}): {key} means nothing there")


for number, view in enumerate(asked["views"]):
    # A view that is sent has no hash, and its blocks are looked at one by one.
    at = f"view {number}"
    try:
        View(**view).to_dict()
    except Exception as error:
        wrong.append(f"{at}: {error}")
    parts(at, view["blocks"])
for number, message in enumerate(asked["messages"]):
    parts(f"message {number}", message["blocks"])
json.dump(wrong, sys.stdout)
