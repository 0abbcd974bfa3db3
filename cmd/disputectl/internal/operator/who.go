package operator

import (
	"context"
	"errors"
	"strings"
	"unicode"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
)

// maxName limits the name that a person gives for a local table, in bytes.
const maxName = 100

// whoActs returns the name under which an act is recorded: the AWS identity or, for a local table, the name that the
// person gives, marked as not verified.
func whoActs(ctx context.Context, env *access.Env, given string) (string, error) {
	given = strings.TrimSpace(given)
	if len(given) > maxName || strings.ContainsFunc(given, unicode.IsControl) {
		return "", cli.Fail(cli.Misused, "use a short plain name", "--who is not a usable name")
	}
	arn, err := env.Identity(ctx)
	switch {
	case errors.Is(err, access.ErrNoIdentity) && given == "":
		return "", cli.Fail(cli.Misused, "say who you are: --who NAME", "%w", err)
	case errors.Is(err, access.ErrNoIdentity):
		return given + " (not verified)", nil
	case err != nil:
		return "", err
	case given != "":
		return "", cli.Fail(cli.Misused, "leave out --who, which is only for local tables", "you are recorded as %s", arn)
	}
	return arn, nil
}
