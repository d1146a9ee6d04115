/* What a kill, a power cut or a full disk does to files, put between a program and the kernel.
 *
 * Loaded by LD_PRELOAD, armed by `shim_arm`: every call that changes a file below the given folders is counted
 * and, as the mode says, kills the process, fails, or is written down for replay. Calls go straight to the kernel.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OFF, COUNT, DIE, FAIL, RECORD };
enum { WRITE = 1, SYNC = 2, RENAME = 4, TRUNCATE = 8, UNLINK = 16, CREATE = 32 };
enum { BEFORE, HALF, AFTER };                       /* where in the call DIE strikes; HALF also: FAIL writes half first */
enum { OP_CREATE = 1, OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_SYNC_FOLDER, OP_RENAME, OP_UNLINK, OP_MKDIR, OP_MARK };

struct record {
    uint32_t op, path, other, data;                 /* lengths of what follows */
    uint64_t inode;
    int64_t offset;
};

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int mode, kinds, where, failing, log_fd = -1, roots;
static long at, seen;
static char root[8][4096];

static int ours(const char *path) {
    for (int i = 0; i < roots; i++) {
        size_t length = strlen(root[i]);
        if (!strncmp(path, root[i], length) && (path[length] == '/' || !path[length])) return 1;
    }
    return 0;
}

static void absolute(int folder, const char *path, char *into) {
    char base[4096] = "", link[64];
    if (path[0] != '/') {
        if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t n = readlink(link, base, sizeof base - 1);
        base[n > 0 ? n : 0] = 0;
    }
    if (base[0]) snprintf(into, 8192, "%s/%s", base, path);
    else snprintf(into, 8192, "%s", path);
}

static int path_of(int fd, char *into) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, into, 4095);
    into[n > 0 ? n : 0] = 0;
    return n > 0 && ours(into);
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* 1: the call has to fail with `failing`. *strike: this very call is the one that was asked for. */
static int counted(int kind, int *strike) {
    *strike = 0;
    if (mode == OFF || !(kinds & kind)) return 0;
    pthread_mutex_lock(&guard);
    seen++;
    long n = seen;
    pthread_mutex_unlock(&guard);
    *strike = n == at;
    if (mode == DIE && *strike && (where == BEFORE || (where == HALF && kind != WRITE))) die();
    return mode == FAIL && n >= at;
}

static void after(int strike) {
    int kept = errno;
    if (mode == DIE && strike) die();
    errno = kept;
}

static void put(const void *data, size_t length) {
    const char *from = data;
    while (length) {
        long n = syscall(SYS_write, log_fd, from, length);
        if (n <= 0) abort();
        from += n, length -= n;
    }
}

static void note(int op, uint64_t inode, int64_t offset, const char *path, const char *other, const void *data, size_t n) {
    if (mode != RECORD) return;
    int kept = errno;
    struct record r = {op, strlen(path), strlen(other), n, inode, offset};
    put(&r, sizeof r), put(path, r.path), put(other, r.other), put(data, n);
    errno = kept;
}

static uint64_t inode_of(int fd, int *folder) {
    struct stat s;
    if (fstat(fd, &s)) return 0;
    if (folder) *folder = S_ISDIR(s.st_mode);
    return s.st_ino;
}

static void lock(void) { if (mode == RECORD) pthread_mutex_lock(&guard); }
static void unlock(void) { if (mode == RECORD) pthread_mutex_unlock(&guard); }

/* ---------------------------------------------------------------- what tests call */

void shim_disarm(void) {
    mode = OFF;
    if (log_fd >= 0) close(log_fd);
    log_fd = -1;
}

/* folders: separated by newlines. log: where RECORD writes. */
void shim_arm(int mode_, int kinds_, long at_, int where_, int failing_, const char *folders, const char *log) {
    shim_disarm();
    kinds = kinds_, at = at_, where = where_, failing = failing_, seen = 0, roots = 0;
    while (*folders && roots < 8) {
        size_t length = strcspn(folders, "\n");
        snprintf(root[roots++], 4096, "%.*s", (int)length, folders);
        folders += length + (folders[length] == '\n');
    }
    if (mode_ == RECORD) {
        log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (log_fd < 0) abort();
    }
    mode = mode_;
}

long shim_seen(void) { return seen; }

void shim_mark(long number) {
    lock();
    note(OP_MARK, 0, number, "", "", "", 0);
    unlock();
}

/* ---------------------------------------------------------------- what the program calls */

static ssize_t writing(int fd, const void *data, size_t length, int64_t offset) {
    char path[4096];
    int strike, kept;
    if (mode == OFF || !path_of(fd, path)) {
        return offset < 0 ? syscall(SYS_write, fd, data, length) : syscall(SYS_pwrite64, fd, data, length, offset);
    }
    int bad = counted(WRITE, &strike);
    int half = strike && where == HALF && length > 1;
    if (bad && !half) {
        errno = failing;
        return -1;
    }
    if (half) length /= 2;
    lock();
    int64_t start = offset;
    if (offset < 0) {
        start = fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    }
    ssize_t n = offset < 0 ? syscall(SYS_write, fd, data, length) : syscall(SYS_pwrite64, fd, data, length, offset);
    kept = errno;
    if (n > 0) note(OP_WRITE, inode_of(fd, NULL), start, path, "", data, n);
    unlock();
    errno = kept;
    after(strike);
    return n;
}

ssize_t write(int fd, const void *data, size_t length) { return writing(fd, data, length, -1); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return writing(fd, data, length, offset); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return writing(fd, data, length, offset); }

static int syncing(int fd, long call) {
    char path[4096];
    int strike, folder = 0;
    if (mode == OFF || !path_of(fd, path)) return syscall(call, fd);
    if (counted(SYNC, &strike)) {
        errno = failing;
        return -1;
    }
    lock();
    int result = syscall(call, fd);
    if (!result) {
        uint64_t inode = inode_of(fd, &folder);
        note(folder ? OP_SYNC_FOLDER : OP_SYNC, inode, 0, path, "", "", 0);
    }
    unlock();
    after(strike);
    return result;
}

int fsync(int fd) { return syncing(fd, SYS_fsync); }
int fdatasync(int fd) { return syncing(fd, SYS_fdatasync); }

static int truncating(int fd, int64_t length) {
    char path[4096];
    int strike;
    if (mode == OFF || !path_of(fd, path)) return syscall(SYS_ftruncate, fd, length);
    if (counted(TRUNCATE, &strike)) {
        errno = failing;
        return -1;
    }
    lock();
    int result = syscall(SYS_ftruncate, fd, length);
    if (!result) note(OP_TRUNCATE, inode_of(fd, NULL), length, path, "", "", 0);
    unlock();
    after(strike);
    return result;
}

int ftruncate(int fd, off_t length) { return truncating(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncating(fd, length); }

static int opening(int folder, const char *name, int flags, mode_t rights) {
    char path[8192];
    struct stat s;
    int strike = 0;
    if (mode == OFF || !(flags & (O_CREAT | O_TRUNC))) return syscall(SYS_openat, folder, name, flags, rights);
    absolute(folder, name, path);
    if (!ours(path)) return syscall(SYS_openat, folder, name, flags, rights);
    int there = !fstatat(folder, name, &s, 0);
    int fresh = !there && flags & O_CREAT, emptied = there && flags & O_TRUNC && s.st_size;
    if ((fresh && counted(CREATE, &strike)) || (emptied && counted(TRUNCATE, &strike))) {
        errno = failing;
        return -1;
    }
    lock();
    int fd = syscall(SYS_openat, folder, name, flags, rights);
    if (fd >= 0 && fresh) note(OP_CREATE, inode_of(fd, NULL), 0, path, "", "", 0);
    if (fd >= 0 && emptied) note(OP_TRUNCATE, inode_of(fd, NULL), 0, path, "", "", 0);
    unlock();
    after(strike);
    return fd;
}

#define RIGHTS                                                   \
    mode_t rights = 0;                                           \
    if (flags & (O_CREAT | O_TMPFILE)) {                         \
        va_list more;                                            \
        va_start(more, flags);                                   \
        rights = va_arg(more, mode_t);                           \
        va_end(more);                                            \
    }

int open(const char *path, int flags, ...) { RIGHTS return opening(AT_FDCWD, path, flags, rights); }
int open64(const char *path, int flags, ...) { RIGHTS return opening(AT_FDCWD, path, flags, rights); }
int openat(int folder, const char *path, int flags, ...) { RIGHTS return opening(folder, path, flags, rights); }
int openat64(int folder, const char *path, int flags, ...) { RIGHTS return opening(folder, path, flags, rights); }
int creat(const char *path, mode_t rights) { return opening(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, rights); }

static int renaming(int from_folder, const char *from, int to_folder, const char *to) {
    char old[8192], new[8192];
    struct stat s;
    int strike;
    if (mode == OFF) return syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
    absolute(from_folder, from, old), absolute(to_folder, to, new);
    if (!ours(old) && !ours(new)) return syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
    if (counted(RENAME, &strike)) {
        errno = failing;
        return -1;
    }
    lock();
    int known = !fstatat(from_folder, from, &s, AT_SYMLINK_NOFOLLOW);
    int result = syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
    if (!result) note(OP_RENAME, known ? s.st_ino : 0, 0, old, new, "", 0);
    unlock();
    after(strike);
    return result;
}

int rename(const char *from, const char *to) { return renaming(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int a, const char *from, int b, const char *to) { return renaming(a, from, b, to); }

static int unlinking(int folder, const char *name, int flags) {
    char path[8192];
    int strike;
    if (mode == OFF) return syscall(SYS_unlinkat, folder, name, flags);
    absolute(folder, name, path);
    if (!ours(path)) return syscall(SYS_unlinkat, folder, name, flags);
    if (counted(UNLINK, &strike)) {
        errno = failing;
        return -1;
    }
    lock();
    int result = syscall(SYS_unlinkat, folder, name, flags);
    if (!result) note(OP_UNLINK, 0, 0, path, "", "", 0);
    unlock();
    after(strike);
    return result;
}

int unlink(const char *path) { return unlinking(AT_FDCWD, path, 0); }
int unlinkat(int folder, const char *path, int flags) { return unlinking(folder, path, flags); }
int remove(const char *path) {
    struct stat s;
    return unlinking(AT_FDCWD, path, !lstat(path, &s) && S_ISDIR(s.st_mode) ? AT_REMOVEDIR : 0);
}
int rmdir(const char *path) { return unlinking(AT_FDCWD, path, AT_REMOVEDIR); }

static int making(int folder, const char *name, mode_t rights) {
    char path[8192];
    int strike;
    if (mode == OFF) return syscall(SYS_mkdirat, folder, name, rights);
    absolute(folder, name, path);
    if (!ours(path)) return syscall(SYS_mkdirat, folder, name, rights);
    if (counted(CREATE, &strike)) {
        errno = failing;
        return -1;
    }
    lock();
    int result = syscall(SYS_mkdirat, folder, name, rights);
    if (!result) note(OP_MKDIR, 0, 0, path, "", "", 0);
    unlock();
    after(strike);
    return result;
}

int mkdir(const char *path, mode_t rights) { return making(AT_FDCWD, path, rights); }
int mkdirat(int folder, const char *path, mode_t rights) { return making(folder, path, rights); }

/* Ways round `write` that callers can do without: they then read and write. */
ssize_t sendfile(int to, int from, off_t *offset, size_t n) {
    char path[4096];
    if (mode == OFF || !path_of(to, path)) return syscall(SYS_sendfile, to, from, offset, n);
    errno = EINVAL;
    return -1;
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t n) { return sendfile(to, from, (off_t *)offset, n); }
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t n, unsigned flags) {
    char path[4096];
    if (mode == OFF || !path_of(to, path)) return syscall(SYS_copy_file_range, from, a, to, b, n, flags);
    errno = EXDEV;
    return -1;
}
int posix_fallocate(int fd, off_t offset, off_t length) {
    char path[4096];
    if (mode != OFF && path_of(fd, path)) return EOPNOTSUPP;
    return syscall(SYS_fallocate, fd, 0, offset, length) ? errno : 0;
}
