/*
 * Telling the service manager how we are: systemd's notification socket, without its library.
 */
#ifndef COM_NOTIFY_H
#define COM_NOTIFY_H

#include <stdint.h>

/* Send assignments ("READY=1\nSTATUS=listening"). 1 sent, 0 nobody wants to know, negative errno.
 */
int com_notify(const char *assignments);
int com_notify_ready(const char *status);
int com_notify_reloading(void); /* with the MONOTONIC_USEC that newer managers want */
int com_notify_stopping(void);
/* These two do not wait for a manager that is behind: -EAGAIN. */
int com_notify_status(const char *status);
int com_notify_watchdog(void);
/* Milliseconds between two com_notify_watchdog, half of what the manager allows; 0 when it does not
 * watch us. */
int64_t com_notify_watchdog_ms(void);

#endif
