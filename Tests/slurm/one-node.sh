#!/usr/bin/env bash
# A Slurm cluster of this machine alone, for tests: one-node.sh start FOLDER | stop FOLDER
# Needs Debian's slurm-wlm and munge, and root. Prints what to export; ends with 77 where the cluster cannot start.
set -eu
folder=$2
conf=$folder/slurm.conf

# Daemons outlive this script: they must not hold what its caller passed on open.
for descriptor in /proc/$$/fd/*; do
    number=${descriptor##*/}
    if ((number > 2)); then eval "exec $number>&-"; fi
done

stop() {
    for name in slurmd slurmctld munged; do
        [ -s "$folder/$name.pid" ] || continue
        pid=$(cat "$folder/$name.pid")
        # Daemons inherit the signals that the caller blocks, so nothing less is sure to end them. Ports are free then.
        kill -9 "$pid" 2> /dev/null || continue
        timeout 10 tail --pid="$pid" -f /dev/null || true
    done
}

start() {
    for program in munged slurmctld slurmd; do
        command -v $program > /dev/null || { echo "$program is not installed (apt-get install slurm-wlm munge)" >&2; exit 77; }
    done
    [ "$(id -u)" = 0 ] || { echo "only root can start slurmd" >&2; exit 77; }
    mkdir -p "$folder/state" "$folder/spool"
    dd if=/dev/urandom of="$folder/munge.key" bs=1024 count=1 2> /dev/null
    chmod 600 "$folder/munge.key"
    munged --force --key-file="$folder/munge.key" --socket="$folder/munge.sock" --pid-file="$folder/munged.pid" \
        --log-file="$folder/munged.log" --seed-file="$folder/munge.seed" 2> /dev/null ||
        { cat "$folder/munged.log" >&2; exit 77; }
    host=$(hostname -s)
    cat > "$conf" <<EOF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.sock
CryptoType=crypto/munge
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
KillWait=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(awk '/MemTotal/ {print int($2 / 1200)}' /proc/meminfo) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
    export SLURM_CONF="$conf"
    slurmctld 2> "$folder/start.err" && slurmd -N "$host" 2>> "$folder/start.err" ||
        { cat "$folder/start.err" >&2; stop; exit 77; }
    # Ready is when the controller has heard from the node.
    for _ in $(seq 100); do
        [ "$(sinfo --noheader --format=%t 2> /dev/null)" = idle ] && { echo "SLURM_CONF=$conf"; return; }
        sleep 0.2
    done
    tail -5 "$folder/slurmctld.log" "$folder/slurmd.log" >&2
    stop
    exit 77
}

"$1"
