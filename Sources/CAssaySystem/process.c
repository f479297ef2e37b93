#define _GNU_SOURCE
#include "assay_system.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FD 3
#define RAISED_FD 64 /* descriptors are first moved here, out of the way of their targets */
#define CLOSE_ON_EXEC 4u /* CLOSE_RANGE_CLOEXEC, which older headers lack */

/* Whatever this process was born with, such as a terminal, is not the child's to write to. */
static void close_the_rest(int first) {
    if (syscall(SYS_close_range, first, ~0u, CLOSE_ON_EXEC) == 0) return;
    for (int fd = first; fd < 4096; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC); /* kernels before 5.11 */
}

/* In the child, between fork and exec: only async-signal-safe calls. */
static void child(const char *path, char *const *argv, char *const *envp, const int32_t *fds,
                  uint32_t fd_count, int32_t out, int32_t err, const char *directory, int report) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    int raised[32];
    for (uint32_t i = 0; i < fd_count && i < 32; i++)
        raised[i] = fds[i] < 0 ? -1 : fcntl(fds[i], F_DUPFD_CLOEXEC, RAISED_FD);
    int null_fd = open("/dev/null", O_RDONLY);
    int moved = fcntl(report, F_DUPFD_CLOEXEC, RAISED_FD);
    if (null_fd < 0 || moved < 0) goto fail;
    if (dup2(null_fd, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) goto fail;
    for (uint32_t i = 0; i < fd_count && i < 32; i++) {
        close((int)(FIRST_FD + i));
        if (raised[i] >= 0 && dup2(raised[i], (int)(FIRST_FD + i)) < 0) goto fail;
    }
    close_the_rest((int)(FIRST_FD + fd_count));
    if (directory && chdir(directory) != 0) goto fail;
    execve(path, argv, envp);
fail:;
    int code = errno;
    ssize_t ignored = write(moved >= 0 ? moved : report, &code, sizeof code);
    (void)ignored;
    _exit(127);
}

int32_t assay_spawn(const char *path, char *const *argv, char *const *envp, const int32_t *fds,
                    uint32_t fd_count, int32_t out, int32_t err, const char *directory) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -errno;
    pid_t pid = fork();
    if (pid < 0) {
        int code = errno;
        close(report[0]);
        close(report[1]);
        return -code;
    }
    if (pid == 0) child(path, argv, envp, fds, fd_count, out, err, directory, report[1]);
    setpgid(pid, pid); /* both sides, so that neither can be too late */
    close(report[1]);
    int code = 0;
    ssize_t n;
    do n = read(report[0], &code, sizeof code);
    while (n < 0 && errno == EINTR);
    close(report[0]);
    if (n == (ssize_t)sizeof code) {
        waitpid(pid, NULL, 0);
        return -code;
    }
    return pid;
}

int32_t assay_die_with_parent(int32_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -errno;
    return getppid() == parent ? 0 : -ESRCH; /* it may have died before the call above */
}

int32_t assay_adopt_orphans(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : -errno;
}

int32_t assay_confine_self(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t ignored = write(fd, "1000", 4);
        (void)ignored;
        close(fd);
    }
    return 0;
}

int32_t assay_drop_tracing(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    const int capabilities[] = {CAP_SYS_PTRACE, CAP_PERFMON, CAP_CHECKPOINT_RESTORE};
    if (syscall(SYS_capget, &header, data) != 0) return -errno;
    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++) {
        struct __user_cap_data_struct *word = &data[capabilities[i] / 32];
        uint32_t mask = ~(1u << (capabilities[i] % 32));
        prctl(PR_CAPBSET_DROP, capabilities[i], 0, 0, 0); /* a child could win it back */
        word->effective &= mask;
        word->permitted &= mask;
        word->inheritable &= mask;
    }
    return syscall(SYS_capset, &header, data) == 0 ? 0 : -errno;
}

int32_t assay_hide_self(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : -errno; }

int32_t assay_unshare_network(void) {
    if (unshare(CLONE_NEWNET) != 0) return -errno;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    int result = ioctl(fd, SIOCSIFFLAGS, &request) == 0 ? 0 : -errno;
    close(fd);
    return result;
}

int32_t assay_pidfd_open(int32_t pid) {
    long fd = syscall(SYS_pidfd_open, pid, 0);
    return fd < 0 ? -errno : (int32_t)fd;
}

int32_t assay_set_affinity(int32_t tid, const int32_t *cpus, uint32_t count) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (uint32_t i = 0; i < count; i++)
        if (cpus[i] >= 0 && cpus[i] < CPU_SETSIZE) CPU_SET((unsigned)cpus[i], &set);
    return sched_setaffinity(tid, sizeof set, &set) == 0 ? 0 : -errno;
}

int32_t assay_get_affinity(int32_t *cpus, uint32_t capacity) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return -errno;
    uint32_t n = 0;
    for (int32_t i = 0; i < CPU_SETSIZE && n < capacity; i++)
        if (CPU_ISSET((unsigned)i, &set)) cpus[n++] = i;
    return (int32_t)n;
}

int32_t assay_current_cpu(void) { return sched_getcpu(); }

int32_t assay_signal_descriptor(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -errno;
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

void assay_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

int32_t assay_memfd(const char *name, uint64_t bytes) {
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return -errno;
    /* Sealed in size: reading a mapping of a file that its other side shortened is fatal. */
    if ((bytes > 0 && ftruncate(fd, (off_t)bytes) != 0) ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
        int code = errno;
        close(fd);
        return -code;
    }
    return fd;
}

int32_t assay_seal(int32_t fd) {
    int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    return fcntl(fd, F_ADD_SEALS, seals) == 0 ? 0 : -errno;
}

int32_t assay_pipe(int32_t fds[2]) {
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) != 0) return -errno;
    fds[0] = pair[0];
    fds[1] = pair[1];
    return 0;
}

int32_t assay_socket_pair(int32_t fds[2]) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return -errno;
    fds[0] = pair[0];
    fds[1] = pair[1];
    return 0;
}

uint32_t assay_signal_handlers(void) {
    uint32_t mask = 0;
    for (int s = 1; s < 32; s++) {
        struct sigaction action;
        if (sigaction(s, NULL, &action) == 0 && action.sa_handler != SIG_DFL &&
            action.sa_handler != SIG_IGN)
            mask |= 1u << s;
    }
    return mask;
}

void *assay_library_open(const char *path, char *error, uint32_t capacity) {
    dlerror();
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library && capacity) {
        const char *text = dlerror();
        snprintf(error, capacity, "%s", text ? text : "unknown error");
    }
    return library;
}

void *assay_library_symbol(void *library, const char *name) { return dlsym(library, name); }
