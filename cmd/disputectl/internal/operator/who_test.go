package operator

import (
	"context"
	"errors"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
)

func TestWhoActs(t *testing.T) {
	for _, c := range []struct {
		given, arn string
		err        error
		want       string
		code       int
	}{
		{given: "", arn: "arn:user/ada", want: "arn:user/ada"},
		{given: "eve", arn: "arn:user/ada", code: cli.Misused},
		{given: "", err: access.ErrNoIdentity, code: cli.Misused},
		{given: " ada ", err: access.ErrNoIdentity, want: "ada (not verified)"},
		{given: "a\x1b[2J", err: access.ErrNoIdentity, code: cli.Misused},
		{given: strings.Repeat("a", maxName+1), err: access.ErrNoIdentity, code: cli.Misused},
		{given: "ada", err: cli.Fail(cli.Unreachable, "", "no"), code: cli.Unreachable},
	} {
		a := &access.Env{Identity: func(context.Context) (string, error) { return c.arn, c.err }}
		got, err := whoActs(t.Context(), a, c.given)
		var f *cli.ExitError
		if got != c.want || errors.As(err, &f) != (c.code != 0) || f != nil && f.Code != c.code {
			t.Errorf("%q, %q, %v: %q, %v", c.given, c.arn, c.err, got, err)
		}
	}
}
