package plain_test

import (
	"strings"
	"testing"

	"disputecloser/shared/plain"
)

func TestAnArgumentStaysOnItsLine(t *testing.T) {
	got := plain.Sprintf("%s, %d\n", "a\nb\u202ec\x1b", 7)
	if got != "a b\ufffdc\ufffd, 7\n" {
		t.Errorf("got %q", got)
	}
}

func TestATextKeepsItsLines(t *testing.T) {
	if got := plain.Text("a\n\tb\u2028\xff"); got != "a\n\tb\ufffd\ufffd" || strings.ContainsFunc(got, plain.Harmful) {
		t.Errorf("got %q", got)
	}
}
