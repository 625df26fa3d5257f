/* A filesystem that hands everything on to a folder and takes some time for it: a network disk without a network.
 * slow-fs MICROSECONDS FOLDER MOUNTPOINT [fuse options]; ends when it is unmounted. */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct timespec delay;
static int top;

static const char *below(const char *path) { return path[1] == 0 ? "." : path + 1; }

static int answer(long result) { return result < 0 ? -errno : (int)result; }

static void take_time(void) { clock_nanosleep(CLOCK_MONOTONIC, 0, &delay, NULL); }

static int slow_getattr(const char *path, struct stat *st, struct fuse_file_info *fi) {
  take_time();
  return answer(fi ? fstat(fi->fh, st) : fstatat(top, below(path), st, AT_SYMLINK_NOFOLLOW));
}

static int slow_readlink(const char *path, char *target, size_t bytes) {
  take_time();
  int n = answer(readlinkat(top, below(path), target, bytes - 1));
  if (n < 0) return n;
  target[n] = 0;
  return 0;
}

static int slow_mkdir(const char *path, mode_t mode) { take_time(); return answer(mkdirat(top, below(path), mode)); }
static int slow_unlink(const char *path) { take_time(); return answer(unlinkat(top, below(path), 0)); }
static int slow_rmdir(const char *path) { take_time(); return answer(unlinkat(top, below(path), AT_REMOVEDIR)); }
static int slow_symlink(const char *to, const char *path) { take_time(); return answer(symlinkat(to, top, below(path))); }
static int slow_link(const char *from, const char *to) { take_time(); return answer(linkat(top, below(from), top, below(to), 0)); }

static int slow_rename(const char *from, const char *to, unsigned flags) {
  take_time();
  return answer(renameat2(top, below(from), top, below(to), flags));
}

static int slow_chmod(const char *path, mode_t mode, struct fuse_file_info *fi) {
  take_time();
  return answer(fi ? fchmod(fi->fh, mode) : fchmodat(top, below(path), mode, 0));
}

static int slow_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *fi) {
  (void)fi;
  take_time();
  return answer(fchownat(top, below(path), uid, gid, AT_SYMLINK_NOFOLLOW));
}

static int slow_truncate(const char *path, off_t bytes, struct fuse_file_info *fi) {
  take_time();
  if (fi) return answer(ftruncate(fi->fh, bytes));
  int fd = openat(top, below(path), O_WRONLY);
  if (fd < 0) return -errno;
  int result = answer(ftruncate(fd, bytes));
  close(fd);
  return result;
}

static int slow_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *fi) {
  take_time();
  return answer(fi ? futimens(fi->fh, times) : utimensat(top, below(path), times, AT_SYMLINK_NOFOLLOW));
}

static int opened(int fd, struct fuse_file_info *fi) {
  if (fd < 0) return -errno;
  fi->fh = fd;
  return 0;
}

static int slow_open(const char *path, struct fuse_file_info *fi) {
  take_time();
  return opened(openat(top, below(path), fi->flags & ~(O_NOFOLLOW | O_CREAT | O_EXCL)), fi);
}

static int slow_create(const char *path, mode_t mode, struct fuse_file_info *fi) {
  take_time();
  return opened(openat(top, below(path), fi->flags | O_CREAT, mode), fi);
}

static int slow_read(const char *path, char *to, size_t bytes, off_t at, struct fuse_file_info *fi) {
  (void)path;
  take_time();
  return answer(pread(fi->fh, to, bytes, at));
}

static int slow_write(const char *path, const char *from, size_t bytes, off_t at, struct fuse_file_info *fi) {
  (void)path;
  take_time();
  return answer(pwrite(fi->fh, from, bytes, at));
}

static int slow_flush(const char *path, struct fuse_file_info *fi) { (void)path; (void)fi; take_time(); return 0; }
static int slow_release(const char *path, struct fuse_file_info *fi) { (void)path; take_time(); close(fi->fh); return 0; }

static int slow_fsync(const char *path, int data, struct fuse_file_info *fi) {
  (void)path; (void)data;
  take_time();
  return answer(fsync(fi->fh));
}

static int slow_opendir(const char *path, struct fuse_file_info *fi) {
  take_time();
  return opened(openat(top, below(path), O_RDONLY | O_DIRECTORY), fi);
}

static int slow_readdir(const char *path, void *list, fuse_fill_dir_t fill, off_t at, struct fuse_file_info *fi,
                        enum fuse_readdir_flags flags) {
  (void)path; (void)at; (void)flags;
  take_time();
  DIR *folder = fdopendir(openat(fi->fh, ".", O_RDONLY | O_DIRECTORY));
  if (!folder) return -errno;
  for (struct dirent *each; (each = readdir(folder));) {
    struct stat st = {.st_ino = each->d_ino, .st_mode = (mode_t)each->d_type << 12};
    fill(list, each->d_name, &st, 0, 0);
  }
  closedir(folder);
  return 0;
}

static const struct fuse_operations operations = {
    .getattr = slow_getattr, .readlink = slow_readlink, .mkdir = slow_mkdir, .unlink = slow_unlink,
    .rmdir = slow_rmdir, .symlink = slow_symlink, .link = slow_link, .rename = slow_rename,
    .chmod = slow_chmod, .chown = slow_chown, .truncate = slow_truncate, .utimens = slow_utimens,
    .open = slow_open, .create = slow_create, .read = slow_read, .write = slow_write, .flush = slow_flush,
    .release = slow_release, .fsync = slow_fsync, .opendir = slow_opendir, .readdir = slow_readdir,
    .releasedir = slow_release,
};

int main(int count, char **words) {
  if (count < 4) return 64;
  long micros = atol(words[1]);
  delay = (struct timespec){micros / 1000000, micros % 1000000 * 1000};
  top = open(words[2], O_RDONLY | O_DIRECTORY);
  if (top < 0) { perror(words[2]); return 66; }
  words[2] = words[0];
  return fuse_main(count - 2, words + 2, &operations, NULL);
}
