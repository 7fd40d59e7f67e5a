/*
 * Messages for the people who run a program: one line each on stderr, with the priority prefix of
 * the systemd journal when stderr is the journal, otherwise with the time. Control characters in a
 * message are written as escapes, and a message that repeats is counted instead of written again.
 *
 * Secrets must not be given to these functions.
 */
#ifndef COM_LOG_H
#define COM_LOG_H

#include <stdbool.h>

enum com_level { COM_ERROR, COM_WARNING, COM_NOTICE, COM_INFO, COM_DEBUG };

/* Bytes of one message; longer ones are cut and end in "...". */
#define COM_LOG_MAX 2048

/* Write one message if its level is on. May be called from any thread. Keeps errno. */
void com_log(enum com_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define com_error(...)   com_log(COM_ERROR, __VA_ARGS__)
#define com_warning(...) com_log(COM_WARNING, __VA_ARGS__)
#define com_notice(...)  com_log(COM_NOTICE, __VA_ARGS__)
#define com_info(...)    com_log(COM_INFO, __VA_ARGS__)
#define com_debug(...)   com_log(COM_DEBUG, __VA_ARGS__)

/* The level at the start is COM_INFO. */
void com_log_set_level(enum com_level level);
enum com_level com_log_level(void);
/* True when a message of this level would be written: for messages that are costly to make. */
bool com_log_on(enum com_level level);

/* Names: error warning notice info debug. */
const char *com_level_name(enum com_level level);
bool com_level_of(const char *name, enum com_level *ret_level);
/* The names by level, ending in NULL: choices of a configuration key. */
extern const char *const com_level_names[];

/* Write what the repetition counter holds back. Call it from a slow timer and before exit. */
void com_log_flush(void);
/* Send messages to another descriptor (tests, log files); looks again whether it is the journal. */
void com_log_to(int fd);

#endif
