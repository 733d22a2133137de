#!/usr/bin/env bash
# Train under SLURM, as MMPose's script of this name:
#   bash tools/slurm_train.sh PARTITION JOB CONFIG WORK_DIR [options of train.py]
# GPUS is how many there are in all (8), GPUS_PER_NODE in a machine (8, or
# GPUS), CPUS_PER_TASK how many cores each process gets (5); SRUN_ARGS are more
# options of srun.
set -euo pipefail
usage='usage: slurm_train.sh PARTITION JOB CONFIG WORK_DIR [options of train.py]'
partition=${1:?$usage}
job=${2:?$usage}
config=${3:?$usage}
work_dir=${4:?$usage}
shift 4
gpus=${GPUS:-8}
per_node=${GPUS_PER_NODE:-$((gpus < 8 ? gpus : 8))}
# SRUN_ARGS is several words.
exec srun -p "$partition" --job-name="$job" --gres="gpu:$per_node" \
  --ntasks="$gpus" --ntasks-per-node="$per_node" \
  --cpus-per-task="${CPUS_PER_TASK:-5}" --kill-on-bad-exit=1 ${SRUN_ARGS:-} \
  python -u "$(dirname "${BASH_SOURCE[0]}")/train.py" "$config" \
  --work-dir="$work_dir" --launcher slurm "$@"
