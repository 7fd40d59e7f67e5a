#!/usr/bin/env python3
"""Whether the slow way is what it says it is: the time of a TCP handshake, and TCP payload a second in each direction.

    link.py serve PORT             at the centre, until killed: sends or takes as the other side asks
    link.py measure ADDRESS PORT   at a remote: prints milliseconds, kbit/s down, kbit/s up
"""
import contextlib
import socket
import statistics
import sys
import time

BYTES = 250000  # two seconds


def serve(port):
    listener = socket.create_server(("", port))
    while True:
        peer, _ = listener.accept()
        with peer, contextlib.suppress(ConnectionError):  # the other side may be cut off
            asked = peer.recv(1)
            if asked == b"d":
                peer.sendall(bytes(BYTES))
            elif asked == b"u":
                take(peer)
                peer.sendall(b".")


def take(peer):
    """kbit/s of all but the first 50,000 bytes: slow start is not the link's."""
    got, skipped, began = 0, 0, None
    while got < BYTES:
        part = len(peer.recv(65536))
        if part == 0:
            raise ConnectionError("the connection ended")
        got += part
        if began is None and got >= 50000:
            began, skipped = time.monotonic(), got
    return (got - skipped) * 8 / 1000 / (time.monotonic() - began)


def measure(where):
    trips = []
    for _ in range(3):
        began = time.monotonic()
        peer = socket.create_connection(where)
        trips.append(time.monotonic() - began)
        peer.close()
    peer = socket.create_connection(where)
    peer.sendall(b"d")
    down = take(peer)
    peer.close()
    peer = socket.create_connection(where)
    peer.sendall(b"u")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
    began = time.monotonic()
    peer.sendall(bytes(BYTES))
    peer.recv(1)
    up = BYTES * 8 / 1000 / (time.monotonic() - began - trips[0])
    print("%.1f %.0f %.0f" % (statistics.median(trips) * 1000, down, up))


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    measure((sys.argv[2], int(sys.argv[3])))
