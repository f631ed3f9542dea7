/* Remembers, for all files beneath a folder, what a disk must hold: contents as of the last fsync of the file, names as
 * of the last fsync of the folder. Loaded before the C library (LD_PRELOAD); the calls themselves are left out, so that
 * nothing waits for a disk. tests/crawl/powerloss.py puts back what a loss of power would leave. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static void give_up(const char *what)
{
    perror(what);
    abort();
}

static void hold(const char *shadow, const char *from, unsigned long inode)
{
    /* An inode that has a name is not given to another file. */
    char to[4096];
    snprintf(to, sizeof to, "%s/held/%lu", shadow, inode);
    if (linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) && errno != EEXIST && errno != ENOENT)
        give_up(to);
}

static void keep_file(const char *shadow, const char *self, unsigned long inode)
{
    char to[4096], temporary[4160], block[65536];
    ssize_t count;
    snprintf(to, sizeof to, "%s/files/%lu", shadow, inode);
    snprintf(temporary, sizeof temporary, "%s.%d", to, (int)getpid());
    int in = open(self, O_RDONLY | O_CLOEXEC), out = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (in < 0 || out < 0)
        give_up(temporary);
    while ((count = read(in, block, sizeof block)) > 0)
        if (write(out, block, count) != count)
            give_up(temporary);
    close(in);
    close(out);
    hold(shadow, self, inode);
    if (rename(temporary, to))
        give_up(to);
}

static void keep_folder(const char *shadow, const char *self, unsigned long inode)
{
    char to[4096], temporary[4160], path[4600];
    snprintf(to, sizeof to, "%s/folders/%lu", shadow, inode);
    snprintf(temporary, sizeof temporary, "%s.%d", to, (int)getpid());
    FILE *out = fopen(temporary, "we");
    DIR *folder = opendir(self);
    if (!out || !folder)
        give_up(temporary);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        fprintf(out, "%lu %s\n", (unsigned long)entry->d_ino, entry->d_name);
        snprintf(path, sizeof path, "%s/%s", self, entry->d_name);
        if (entry->d_type == DT_REG)
            hold(shadow, path, entry->d_ino);
    }
    closedir(folder);
    fclose(out);
    if (rename(temporary, to))
        give_up(to);
}

static int keep(int descriptor)
{
    const char *root = getenv("POWERLOSS_ROOT"), *shadow = getenv("POWERLOSS_SHADOW");
    char self[64], path[4096];
    struct stat about;
    snprintf(self, sizeof self, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(self, path, sizeof path - 1);
    if (!root || !shadow || length < 0 || fstat(descriptor, &about))
        return 0;
    path[length] = 0;
    size_t beneath = strlen(root);
    if (strncmp(path, root, beneath) || (path[beneath] && path[beneath] != '/'))
        return 0;
    pthread_mutex_lock(&one_at_a_time);
    if (S_ISDIR(about.st_mode))
        keep_folder(shadow, self, about.st_ino);
    else if (S_ISREG(about.st_mode) && about.st_nlink)
        keep_file(shadow, self, about.st_ino);
    pthread_mutex_unlock(&one_at_a_time);
    return 0;
}

int fsync(int descriptor) { return keep(descriptor); }
int fdatasync(int descriptor) { return keep(descriptor); }
