package main

import (
	"bytes"
	"io"
)

// unsolicited begins the only line of net/http's log that quotes what a server sent: bytes that arrive on an idle
// connection. They may be part of an earlier answer's body.
const unsolicited = "Unsolicited response received on idle HTTP channel"

// redactor passes on the lines of the standard library's log, without what a server sent.
type redactor struct{ to io.Writer }

// Write passes on one line. Package log writes one line per call.
func (r redactor) Write(line []byte) (int, error) {
	if before, _, found := bytes.Cut(line, []byte(unsolicited)); found {
		_, err := r.to.Write(append(bytes.Clone(before), unsolicited+"\n"...))
		return len(line), err
	}
	return r.to.Write(line)
}
