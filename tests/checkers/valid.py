"""Says which of many documents a schema takes.

Reads {"schema": ..., "documents": [...]} from standard input and writes a list of true and false.
"""

import json
import sys

from jsonschema import Draft202012Validator

asked = json.load(sys.stdin)
Draft202012Validator.check_schema(asked["schema"])
validator = Draft202012Validator(asked["schema"])
json.dump([validator.is_valid(document) for document in asked["documents"]], sys.stdout)
