package main

import (
	"bytes"
	"log"
	"testing"
)

func TestLogQuotesNoServer(t *testing.T) {
	var out bytes.Buffer
	l := log.New(redactor{&out}, "", 0)
	l.Printf("Unsolicited response received on idle HTTP channel starting with %q; err=%v", `{"evidence":"secret"}`, nil)
	l.Print("something else")
	if got, want := out.String(), unsolicited+"\nsomething else\n"; got != want {
		t.Fatalf("logged %q, want %q", got, want)
	}
}
