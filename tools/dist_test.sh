#!/usr/bin/env bash
# Test in several processes of this machine, as MMPose's script of this name:
#   bash tools/dist_test.sh CONFIG CHECKPOINT PROCESSES [options of test.py]
# With several machines: NNODES, NODE_RANK, MASTER_ADDR and PORT.
set -euo pipefail
usage='usage: dist_test.sh CONFIG CHECKPOINT PROCESSES [options of test.py]'
config=${1:?$usage}
checkpoint=${2:?$usage}
processes=${3:?$usage}
shift 3
exec python -m torch.distributed.run \
  --nnodes="${NNODES:-1}" --node-rank="${NODE_RANK:-0}" \
  --master-addr="${MASTER_ADDR:-127.0.0.1}" --master-port="${PORT:-29500}" \
  --nproc-per-node="$processes" \
  "$(dirname "${BASH_SOURCE[0]}")/test.py" "$config" "$checkpoint" \
  --launcher pytorch "$@"
