#!/bin/sh
# Long runs: every one must end by itself within SOAK_SECONDS. Usage: soak.sh BIN [pytest arguments]
bin=$1
shift
if [ ! -d tests/soak ]; then
    echo "There are no long runs yet (tests/soak does not exist): nothing was tried."
    exit 0
fi
echo "Long runs, bounded to ${SOAK_SECONDS:=600} s in all (SOAK_SECONDS)"
# Runs watch the clock themselves; two minutes later they are ended.
guard=
command -v timeout >/dev/null && guard="timeout --kill-after=20 $((SOAK_SECONDS + 120))"
# shellcheck disable=SC2086 - the guard is several words, or none
$guard "$bin/python" -m pytest tests/soak -m soak "$@" </dev/null
status=$?
if [ $status -eq 5 ]; then
    echo "There are no long runs yet (no test is marked soak): nothing was tried."
    exit 0
fi
exit $status
