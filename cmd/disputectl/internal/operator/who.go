package operator

import (
	"strings"
	"unicode"

	"disputecloser/cmd/disputectl/internal/cli"
)

// maxName limits the name that a person gives for the table of a local run, in bytes.
const maxName = 100

// localName returns the name under which an act on the table of a local run is recorded: the one that the person gives,
// marked as not verified.
func localName(given string) (string, error) {
	given = strings.TrimSpace(given)
	switch {
	case given == "":
		return "", cli.Fail(cli.Misused, "say who you are: --who NAME", "nobody verifies identities for the table of a local run")
	case len(given) > maxName || strings.ContainsFunc(given, unicode.IsControl):
		return "", cli.Fail(cli.Misused, "use a short plain name", "--who is not a usable name")
	}
	return given + " (not verified)", nil
}
