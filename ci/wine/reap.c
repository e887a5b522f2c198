// Runs a program for this system and tells which processes of its whole family a signal ended, its children's children too,
// which Wine orphans: one line each, the process's name and the signal. A Windows program that is ended so ends with 0 in
// the eyes of the Windows program that started it.
//
//   reap FILE PROGRAM [ARGUMENT…]      adds the lines to FILE, and ends as PROGRAM does
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
    FILE *ended = count > 2 ? fopen(arguments[1], "a") : NULL;
    if (!ended || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
        perror("reap");
        return 125;
    }
    pid_t program = fork();
    if (program == 0) {
        execvp(arguments[2], arguments + 2);
        perror(arguments[2]);
        _exit(127);
    }
    siginfo_t end;
    // It is looked at while it still has its name.
    while (waitid(P_ALL, 0, &end, WEXITED | WNOWAIT) == 0) {
        int signalled = end.si_code != CLD_EXITED;
        if (signalled) {
            char path[32], name[32] = "?\n";
            snprintf(path, sizeof path, "/proc/%d/comm", end.si_pid);
            FILE *comm = fopen(path, "r");
            if (comm) {
                if (!fgets(name, sizeof name, comm)) snprintf(name, sizeof name, "?\n");
                fclose(comm);
            }
            fprintf(ended, "%d %s", end.si_status, name);
            fflush(ended);
        }
        waitid(P_PID, end.si_pid, &end, WEXITED);
        if (end.si_pid == program) return signalled ? 128 + end.si_status : end.si_status;
    }
    return 125;
}
