/*
 * Reading secrets where nobody else sees them: from a file, from standard input or from the terminal without echo,
 * never from the command line.
 */
#ifndef COM_SECRET_H
#define COM_SECRET_H

#include <stddef.h>

/* Bytes of a secret with its end. */
#define COM_SECRET_MAX 1024

/* One line from the terminal, without echo, after asking for `what`. 0, or -1 with a text in `error` when there is no
 * terminal or the line is too long, and when a signal came (errno is EINTR). */
int com_secret_ask(const char *what, char ret_secret[COM_SECRET_MAX], char *error, size_t max);
/* The first line of a file, or of standard input (`path` NULL). */
int com_secret_read(const char *path, char ret_secret[COM_SECRET_MAX], char *error, size_t max);

#endif
