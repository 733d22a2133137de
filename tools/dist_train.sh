#!/usr/bin/env bash
# Train in several processes of this machine, as MMPose's script of this name:
#   bash tools/dist_train.sh CONFIG PROCESSES [options of train.py]
# With several machines: NNODES, NODE_RANK, MASTER_ADDR and PORT.
set -euo pipefail
usage='usage: dist_train.sh CONFIG PROCESSES [options of train.py]'
config=${1:?$usage}
processes=${2:?$usage}
shift 2
exec python -m torch.distributed.run \
  --nnodes="${NNODES:-1}" --node-rank="${NODE_RANK:-0}" \
  --master-addr="${MASTER_ADDR:-127.0.0.1}" --master-port="${PORT:-29500}" \
  --nproc-per-node="$processes" \
  "$(dirname "${BASH_SOURCE[0]}")/train.py" "$config" --launcher pytorch "$@"
