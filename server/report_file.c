/* The page's file: opened before hours of reading, so that a wrong name is told at once, and written
 * when they are over. What was in it stays until then. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/report.h"

FILE *report_file_open(const char *path)
{
    static const char begins[] = "<!doctype html>";
    char found[sizeof(begins)] = "";
    struct stat info;
    FILE *file = fopen(path, "a+");
    if (!file) {
        fprintf(stderr, "parapet replay: %s: %s\n", path, strerror(errno));
        return NULL;
    }
    bool regular = fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode);
    if (!regular || info.st_size == 0 ||
        (fread(found, 1, strlen(begins), file) && strcmp(found, begins) == 0))
        return file;
    /* A log, named in the wrong place. */
    fprintf(stderr, "parapet replay: %s: is there already and is no page; name another file\n",
            path);
    fclose(file);
    return NULL;
}

bool report_file_write(const struct report *report, FILE *file, const char *path)
{
    bool done =
        ftruncate(fileno(file), 0) == 0 || errno == EINVAL; /* of a pipe there is no length */
    if (done)
        report_html(report, file);
    done = done && fflush(file) == 0 && !ferror(file);
    if (!done)
        fprintf(stderr, "parapet replay: %s: %s\n", path, strerror(errno));
    fclose(file);
    return done;
}
