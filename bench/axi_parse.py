#!/usr/bin/env python3
# The stream of the AXI bench read by Python's standard library: axi_parse.py FILE, messages that end with a byte 0 each.
# Prints the version and processor seconds of two readers: xml.parsers.expat with handlers that do nothing, and
# xml.etree.ElementTree, which makes elements and attributes of a message as libaxi does.
import platform
import sys
import time
import xml.etree.ElementTree
import xml.parsers.expat


def handlers(messages):
    for message in messages:
        parser = xml.parsers.expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: None
        parser.EndElementHandler = lambda name: None
        parser.Parse(message, True)


def elements(messages):
    users = 0
    for message in messages:
        users += len(xml.etree.ElementTree.fromstring(message))
    return users


def seconds(read, messages):
    start = time.process_time()
    read(messages)
    return time.process_time() - start


with open(sys.argv[1], "rb") as file:
    messages = file.read().split(b"\0")[:-1]
print(platform.python_version(), seconds(handlers, messages), seconds(elements, messages))
