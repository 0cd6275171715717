#!/bin/sh
# The whole suite on SQLite, then on PostgreSQL; both run even if the first fails.
# A failure is shown shortly; run the test alone for the long form. Usage: test.sh BIN WORKERS [pytest arguments]
bin=$1 workers=$2
shift 2
failed=0
# Where Python is told to keep no compiled code, two dozen servers and both runs would compile everything anew each time.
unset PYTHONDONTWRITEBYTECODE
for engine in sqlite postgresql; do
    printf '\n== tests on %s\n' "$engine"
    "$bin/python" -m pytest -q --tb=short --engine="$engine" -n "$workers" "$@" </dev/null || failed=1
done
exit $failed
