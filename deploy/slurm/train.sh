#!/usr/bin/env bash
# A training on several machines: sbatch --nodes 4 deploy/slurm/train.sh recipes/real-small.yaml
#
# One rank to a node, with all cores that SLURM gives it; more to a node with --ntasks-per-node. The run's folder (the variable RUN, else runs/
# and the recipe's name) lies on a file system that all nodes see. A job that was ended, or lost a node, goes on with the same command and
# however many nodes: what came after the last checkpoint is done again.
#SBATCH --job-name=forefront-train
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --exclusive
#SBATCH --output=forefront-train-%j.log
# SIGTERM before the end of the time that was asked for, so that the update under way is saved.
#SBATCH --signal=TERM@180
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: sbatch [--nodes N] $0 RECIPE [options of ./forefront train]" >&2; exit 2; }
cd "${SLURM_SUBMIT_DIR:?start this script with sbatch}"

run=${RUN:-runs/$(basename "$1" .yaml)}
mkdir -p "$run"

# Built once, before all ranks look at the same classes.
./forefront --help > /dev/null

nodes=$(scontrol show hostnames "$SLURM_JOB_NODELIST")
MASTER_ADDR=${nodes%%$'\n'*}
# Jobs that share a node do not share a port.
MASTER_PORT=$((20000 + SLURM_JOB_ID % 20000))
WORLD_SIZE=$SLURM_NTASKS
export MASTER_ADDR MASTER_PORT WORLD_SIZE

# A rank that ends badly ends the step. In a folder that is there, --resume both begins and goes on.
exec srun --kill-on-bad-exit=1 bash -c '
  export RANK=$SLURM_PROCID LOCAL_RANK=$SLURM_LOCALID LOCAL_WORLD_SIZE=${SLURM_NTASKS_PER_NODE:-1}
  exec ./forefront train "$@" --resume' rank "$@" --run "$run"
