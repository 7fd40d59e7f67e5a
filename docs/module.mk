MANPAGES += $(wildcard docs/man/*.[1-8])
