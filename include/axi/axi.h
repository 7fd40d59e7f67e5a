/*
 * libaxi: the codec of AXI, the XML protocol of SIP-DECT OpenMobility Managers.
 *
 * Read in this order: message.h (what a message is), parser.h (bytes to messages), catalogue.h (every message,
 * attribute and value by name), check.h (what is unusual about a message), session.h (requests, answers, secrets),
 * then client.h or server.h (whole sessions) and what they are made of: pages.h, clock.h, subscribe.h.
 * Of a library of its own: mbedtls.h (the RSA that secrets need).
 */
#ifndef AXI_AXI_H
#define AXI_AXI_H
#include <axi/base.h>
#include <axi/catalogue.h>
#include <axi/check.h>
#include <axi/client.h>
#include <axi/clock.h>
#include <axi/message.h>
#include <axi/pages.h>
#include <axi/parser.h>
#include <axi/server.h>
#include <axi/session.h>
#include <axi/subscribe.h>
#endif
