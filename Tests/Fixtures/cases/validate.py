"""Checks the shipped cases and suites, and wrong ones, against the published schemas.

validate.py CASES FIXTURES; prints only what is not as it should be.
"""
import json
import pathlib
import sys

import jsonschema
import yaml

cases, fixtures = map(pathlib.Path, sys.argv[1:3])
validators = {}
for name in ("case", "suite"):
    schema = json.loads((cases / "schema" / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validators[name] = jsonschema.Draft202012Validator(schema)

shipped = sorted(cases.rglob("*.yaml"))
if len(shipped) < 12:
    print(f"only {len(shipped)} files under {cases}")
for path in shipped:
    kind = "suite" if path.parent.name == "suites" else "case"
    for error in validators[kind].iter_errors(yaml.safe_load(path.read_text())):
        print(f"{path}: {error.json_path}: {error.message}")

# Each document of these files is wrong in a way that a schema can express.
for kind in ("case", "suite"):
    documents = yaml.safe_load_all((fixtures / f"refused-{kind}s.yaml").read_text())
    for number, document in enumerate(documents, 1):
        if validators[kind].is_valid(document):
            print(f"refused-{kind}s.yaml, document {number}: accepted")
