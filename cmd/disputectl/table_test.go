package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dynamo"
)

// brokenTable is a table whose every answer is an error.
type brokenTable struct {
	*memory.Ledger
	err error
}

func (b brokenTable) Cases(context.Context, int, string) ([]closing.Case, string, error) {
	return nil, "", b.err
}

func TestATableThatDoesNotAnswer(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&smithy.GenericAPIError{Code: "ResourceNotFoundException"}, "there is no table disputes"},
		{&smithy.GenericAPIError{Code: "AccessDeniedException"}, "may not read table disputes"},
		{&smithy.GenericAPIError{Code: "UnrecognizedClientException"}, "AWS does not accept your credentials"},
		{errors.New("no route to host"), "table disputes did not answer: no route to host"},
		{dynamo.ErrNewerLayout, "use the disputectl of the deployed version"},
	} {
		a := &access.Env{OpenTable: func(context.Context, string) (access.Ledger, error) { return brokenTable{memory.New(), c.err}, nil }, Shell: here}
		code, stdout, stderr := invoke(t, a, "list", "--table", "disputes")
		if code != cli.Unreachable || !strings.Contains(stderr, c.want) || stdout != "" {
			t.Errorf("%v: exit code %d, %q, %q", c.err, code, stdout, stderr)
		}
	}
}

func TestATableThatIsNotAskedToTheEnd(t *testing.T) {
	a := &access.Env{OpenTable: func(context.Context, string) (access.Ledger, error) {
		return brokenTable{memory.New(), context.Canceled}, nil
	}, Shell: here}
	if code, stdout, stderr := invoke(t, a, "list", "--table", "disputes"); code != cli.Interrupted || stdout != "" || stderr != "disputectl: interrupted\n" {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
}

func TestNoRegion(t *testing.T) {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", write(t, "config", ""))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	code, _, stderr := invoke(t, &access.Env{OpenTable: access.OpenTable, Shell: access.AWSShell}, "list", "--table", "disputes")
	if code != cli.Misused || !strings.Contains(stderr, "set AWS_REGION") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestEveryCommandExplainsItself keeps help and examples complete as commands are added.
func TestEveryCommandExplainsItself(t *testing.T) {
	commands := command.Root(&access.Env{}).Commands()
	for i := 0; i < len(commands); i++ {
		c := commands[i]
		commands = append(commands, c.Commands()...)
		if c.Short == "" || c.Example == "" || !strings.Contains(c.Example, c.Name()) || c.RunE == nil {
			t.Errorf("%s lacks a summary, an example or a deed", c.CommandPath())
		}
		if !c.HasSubCommands() && c.Args == nil {
			t.Errorf("%s takes any argument", c.CommandPath())
		}
	}
}
