"""Compares what the reader says of sample words with what the schema's expressions say.

formats.py LIST; each line: name, expression, word, 1 where the reader accepts it.
"""
import re
import sys

for line in open(sys.argv[1], encoding="utf-8").read().split("\n"):
    name, pattern, word, accepted = line.split("\t")
    # JSON Schema's expressions are ECMAScript's: `$` is the end, not before a line break.
    if bool(re.search(pattern, word)) != (accepted == "1"):
        print(f"{name}: {word!r}: the reader says {accepted}, the expression {pattern} differs")
