/*
 * libaxi: the codec of AXI, the XML protocol of SIP-DECT OpenMobility Managers.
 *
 * Read in this order: message.h (what a message is), parser.h (bytes to messages), session.h (requests and
 * answers), catalogue.h (every message, attribute and value by name), check.h (what is unusual about a message).
 */
#ifndef AXI_AXI_H
#define AXI_AXI_H
#include <axi/base.h>
#include <axi/catalogue.h>
#include <axi/check.h>
#include <axi/message.h>
#include <axi/parser.h>
#include <axi/session.h>
#endif
