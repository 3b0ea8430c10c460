#!/usr/bin/env bash
# A training on several machines: sbatch --nodes 4 deploy/slurm/train.sh recipes/real-small.yaml
#
# One rank to a node, with all cores that SLURM gives it; more to a node with --ntasks-per-node. The run's folder (the variable RUN, else runs/
# and the recipe's name) lies on a file system that all nodes see.
#
# When a rank is gone, the others say which one and end too; all are started again, as long as a checkpoint was written since the last start. A
# job whose time is over, that was preempted or has lost a node is queued again. A job that was cancelled stays so, and goes on with the same
# command and however many nodes. Whatever it was: what came after the last checkpoint is done again, nothing else is lost.
#SBATCH --job-name=forefront-train
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --exclusive
#SBATCH --output=forefront-train-%j.log
#SBATCH --open-mode=append
#SBATCH --requeue
# Five minutes before the end of the time that was asked for, so that the update under way is saved and the job queued again.
#SBATCH --signal=B:USR1@300
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

checkpoints() { find "$run" -path '*/checkpoints/step-*' -name manifest.json | sort; }

# To the ranks, which save and end. SIGTERM to srun itself would have it kill them.
over=
trap 'over=yes; scancel --signal=TERM "$SLURM_JOB_ID" || true' USR1
cancelled=
trap 'cancelled=yes' TERM

while true; do
  before=$(checkpoints)
  # In a folder that is there, --resume both begins and goes on. Ranks find out by themselves when one is gone, and say so; who has not
  # ended ten minutes after the first one never will.
  # shellcheck disable=SC2016 # The task expands it, not this shell.
  srun --export=ALL --cpu-bind=none --kill-on-bad-exit=0 --wait=600 bash -c '
    export RANK=$SLURM_PROCID LOCAL_RANK=$SLURM_LOCALID LOCAL_WORLD_SIZE=${SLURM_NTASKS_PER_NODE:-1}
    exec ./forefront train "$@" --resume' rank "$@" --run "$run" &
  step=$!
  status=0
  wait "$step" || status=$?
  # A signal ends the wait and not the step.
  while kill -0 "$step" 2> /dev/null; do
    status=0
    wait "$step" || status=$?
  done

  if [ "$status" = 0 ]; then
    exit 0
  elif [ -n "$cancelled" ]; then
    exit "$status"
  elif [ -n "$over" ]; then
    echo "forefront-train: the time is over; queued again" >&2
    scontrol requeue "$SLURM_JOB_ID"
    exit "$status"
  # 143: somebody asked the ranks to end, and SLURM knows why.
  elif [ "$status" = 143 ] || [ "$(checkpoints)" = "$before" ]; then
    exit "$status"
  fi
  echo "forefront-train: the ranks ended with status $status; started again from the last checkpoint" >&2
done
