#!/bin/sh
# Records the files that Machine and Telemetry read from this machine: record.sh DIRECTORY
# `virtual` was made by it; the tests expect that machine's values, so a new one goes beside it.
# The boot id and the control group's name, which identify one session, are blanked.
set -eu
to=$1
keep() {
    for file in "$@"; do
        [ -r "$file" ] && [ ! -d "$file" ] || continue
        mkdir -p "$to$(dirname "$file")"
        cat "$file" > "$to$file" 2>/dev/null || rm -f "$to$file"
    done
}
cpu=/sys/devices/system/cpu
keep /.dockerenv /proc/cpuinfo /proc/meminfo /proc/loadavg /proc/stat /proc/pressure/cpu \
    /proc/self/cgroup /proc/self/mountinfo /proc/sys/kernel/osrelease \
    /proc/sys/kernel/version /proc/sys/kernel/random/boot_id \
    /proc/sys/kernel/randomize_va_space /proc/sys/kernel/numa_balancing \
    /proc/sys/kernel/perf_event_paranoid /etc/os-release \
    /sys/devices/system/clocksource/clocksource0/current_clocksource \
    /sys/kernel/mm/transparent_hugepage/enabled /sys/kernel/mm/transparent_hugepage/defrag \
    $cpu/isolated $cpu/nohz_full $cpu/vulnerabilities/* $cpu/smt/* $cpu/cpuidle/current_driver \
    $cpu/cpufreq/boost $cpu/cpufreq/policy*/scaling_* /sys/class/hwmon/*/* \
    /sys/class/powercap/*/name /sys/class/powercap/*/energy_uj /sys/class/dmi/id/bios_* \
    /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/class/power_supply/*/type \
    /sys/class/power_supply/*/online /sys/class/thermal/thermal_zone*/temp \
    /sys/class/thermal/thermal_zone*/type
for node in /sys/devices/system/node/node*; do keep "$node/meminfo" "$node/distance"; done
for device in /sys/bus/pci/devices/*; do
    keep "$device/class" "$device/vendor" "$device/device" "$device/subsystem_vendor" \
        "$device/subsystem_device"
done
# What the process itself is in: the shell's, not that of `cat`.
cat /proc/$$/cgroup > "$to/proc/self/cgroup"
grep -e cgroup -e ' / / ' /proc/$$/mountinfo > "$to/proc/self/mountinfo"
group=$(sed -n 's/^[0-9]*:memory:\/*//p' /proc/$$/cgroup)
keep "/sys/fs/cgroup/memory/$group/memory.limit_in_bytes" \
    "/sys/fs/cgroup/memory/$group/memory.usage_in_bytes"
keep /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.cfs_period_us
echo 00000000-0000-4000-8000-000000000000 > "$to/proc/sys/kernel/random/boot_id"
if [ -n "$group" ] && [ -d "$to/sys/fs/cgroup/memory/$group" ]; then
    mv "$to/sys/fs/cgroup/memory/$group" "$to/sys/fs/cgroup/memory/session"
    find "$to/sys/fs/cgroup/memory" -type d -empty -delete
    sed -i "s#:/*$group\$#:/session#" "$to/proc/self/cgroup"
fi
