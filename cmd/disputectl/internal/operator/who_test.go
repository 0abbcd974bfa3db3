package operator

import (
	"errors"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/cli"
)

func TestWhoActsOnTheTableOfALocalRun(t *testing.T) {
	for given, want := range map[string]string{
		" ada ": "ada (not verified)", strings.Repeat("a", maxName): strings.Repeat("a", maxName) + " (not verified)",
		"": "", "  ": "", "a\x1b[2J": "", "a\nb": "", strings.Repeat("a", maxName+1): "",
	} {
		got, err := localName(given)
		var f *cli.ExitError
		if got != want || errors.As(err, &f) != (want == "") || f != nil && f.Code != cli.Misused {
			t.Errorf("%q: %q, %v", given, got, err)
		}
	}
}
