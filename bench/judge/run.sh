#!/bin/sh
# Scores prompts under a small code model: run.sh MODEL <prompts.jsonl >scores.jsonl. Its packages lie in .vscode-test/judge.
set -e
here=$(cd "$(dirname "$0")" && pwd)
venv="$here/../../.vscode-test/judge"
stamp="$venv/.requirements"
if ! cmp -s "$here/requirements.txt" "$stamp"; then
  rm -rf "$venv"
  python3 -m venv "$venv" 1>&2
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" 1>&2
  cp "$here/requirements.txt" "$stamp"
fi
# Its matrices are small: threads cost five times what they save.
OPENBLAS_NUM_THREADS=1 exec "$venv/bin/python" "$here/score.py" "$@"
