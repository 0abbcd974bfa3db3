// Package input reads what a command line names: policies, events, and the secret that signs them.
package input

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/shared/policy"
)

// Policy is the policy that a flag names.
type Policy struct {
	*policy.Policy
	// Document is the policy as it was written. Only the document lists the currencies.
	Document policy.Document
	File     string
}

// PolicyFlag adds the flag that names the deployed policy.
func PolicyFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "policy", "", "the deployed policy's `FILE`, as written or compiled")
}

// ReadPolicy reads a policy, as written or compiled. It returns nil without a name.
func ReadPolicy(console *cli.Console, name string) (*Policy, error) {
	if name == "" {
		return nil, nil
	}
	text, err := console.ReadText(name)
	if err != nil {
		return nil, err
	}
	var document policy.Document
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		document, err = policy.Decode(text)
	} else {
		document, err = written(name, text)
	}
	if f := new(cli.ExitError); errors.As(err, &f) {
		return nil, err
	}
	if err == nil {
		var p *policy.Policy
		if p, err = policy.Compile(document); err == nil {
			return &Policy{p, document, name}, nil
		}
	}
	return nil, cli.Fail(cli.Misused, "name the policy.yaml or policy.json of the deployment", "%s: %w", name, err)
}

// written returns a policy file's document if the file has no errors.
func written(name string, text []byte) (policy.Document, error) {
	checked := source.Check(name, text)
	if !checked.OK(false) {
		return policy.Document{}, cli.Fail(cli.Misused, "`disputectl policy check "+name+"` lists them", "%s has errors", name)
	}
	return checked.Document, nil
}

// defaultPolicy is the policy of an environment that has none of its own.
const defaultPolicy = "policy.yaml"

// PolicyFor returns the file with the policy of an environment, test or live: its own one, such as policy.live.yaml, if it
// exists, and otherwise policy.yaml.
func PolicyFor(console *cli.Console, environment string) (string, error) {
	if environment != policy.EnvironmentTest && environment != policy.EnvironmentLive {
		return "", cli.Fail(cli.Misused, "name the policy's file, or --environment test or live", "%q is no environment", environment)
	}
	own := "policy." + environment + ".yaml"
	switch _, err := os.Stat(console.Path(own)); {
	case err == nil:
		return own, nil
	case errors.Is(err, fs.ErrNotExist):
		return defaultPolicy, nil
	default:
		return "", cli.Unreadable(own, err)
	}
}
