#!/bin/sh
# Builds the background table: training/background/run.sh src/data/background/functions.txt
set -e
cd "$(dirname "$0")/../.."
mkdir -p "$(dirname "$1")" out/background
node_modules/.bin/esbuild training/background/countFunctions.ts --bundle --platform=node --format=cjs --target=node22 \
  --packages=external --log-level=warning --outfile=out/background/countFunctions.cjs
LODESTONE_ROOT=$PWD node_modules/node/bin/node --max-old-space-size=4096 out/background/countFunctions.cjs "$1"
