package main

import (
	"bytes"
	"io"
)

// unsolicited begins the one line of net/http's own log that quotes what a server sent: bytes that arrive on an idle
// connection, which may be part of an earlier answer's body.
const unsolicited = "Unsolicited response received on idle HTTP channel"

// discreet passes on the lines of the standard library's log, without what a server sent.
type discreet struct{ to io.Writer }

// Write passes on one line, as package log writes it.
func (d discreet) Write(line []byte) (int, error) {
	if before, _, found := bytes.Cut(line, []byte(unsolicited)); found {
		_, err := d.to.Write(append(bytes.Clone(before), unsolicited+"\n"...))
		return len(line), err
	}
	return d.to.Write(line)
}
