// A disk that fails on command: see FaultyDisk.cs beside it.
//
//   gcc -shared -fPIC -O1 -o diskfault.so diskfault.c -ldl
//   LD_PRELOAD=./diskfault.so DISKFAULT_FOLDER=/data DISKFAULT_CONTROL=/somewhere/control program
//
// The first byte of the control file says what happens to files below the folder, from the next call on:
//   0 nothing, 's' fsync and fdatasync answer EIO, 'w' writes answer EIO, 'f' writes answer ENOSPC, 'r' reads answer EIO.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static volatile const char *control;
static const char *folder;

__attribute__((constructor)) static void prepare(void) {
  const char *path = getenv("DISKFAULT_CONTROL");
  folder = getenv("DISKFAULT_FOLDER");
  if (path == NULL || folder == NULL) return;
  int fd = open(path, O_RDONLY);
  if (fd < 0) return;
  void *page = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (page != MAP_FAILED) control = page;
}

static int below(int fd) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return strncmp(path, folder, strlen(folder)) == 0;
}

// The error for this call, or 0.
static int fault(int fd, const char *kinds) {
  char now = control == NULL ? 0 : *control;
  if (now == 0 || strchr(kinds, now) == NULL || !below(fd)) return 0;
  return now == 'f' ? ENOSPC : EIO;
}

#define REAL(name) static __typeof__(&name) real; if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAIL(fd, kinds) do { int error = fault(fd, kinds); if (error != 0) { errno = error; return -1; } } while (0)

int fsync(int fd) { REAL(fsync); FAIL(fd, "s"); return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); FAIL(fd, "s"); return real(fd); }
ssize_t write(int fd, const void *bytes, size_t count) { REAL(write); FAIL(fd, "wf"); return real(fd, bytes, count); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { REAL(pwrite); FAIL(fd, "wf"); return real(fd, bytes, count, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { REAL(pwrite64); FAIL(fd, "wf"); return real(fd, bytes, count, at); }
ssize_t read(int fd, void *bytes, size_t count) { REAL(read); FAIL(fd, "r"); return real(fd, bytes, count); }
ssize_t pread(int fd, void *bytes, size_t count, off_t at) { REAL(pread); FAIL(fd, "r"); return real(fd, bytes, count, at); }
ssize_t pread64(int fd, void *bytes, size_t count, off64_t at) { REAL(pread64); FAIL(fd, "r"); return real(fd, bytes, count, at); }
