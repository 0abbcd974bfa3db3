package main

import (
	"bytes"
	"errors"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/shared/policy"
)

// rules are the policy that a flag names.
type rules struct {
	*policy.Policy
	// document is the policy as it was written; currencies are listed there alone.
	document policy.Document
	file     string
}

func rulesFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "policy", "", "the deployed policy's `FILE`, as written or compiled")
}

// rules reads a policy, as it was written or compiled; nil without a name.
func (a *app) rules(name string) (*rules, error) {
	if name == "" {
		return nil, nil
	}
	text, err := a.read(name)
	if err != nil {
		return nil, err
	}
	var document policy.Document
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		document, err = policy.Decode(text)
	} else {
		document, err = written(name, text)
	}
	if f := new(failure); errors.As(err, &f) {
		return nil, err
	}
	if err == nil {
		var p *policy.Policy
		if p, err = policy.Compile(document); err == nil {
			return &rules{p, document, name}, nil
		}
	}
	return nil, fail(misused, "name the policy.yaml or policy.json of the deployment", "%s: %w", name, err)
}

// written returns a policy file's document if the file has no errors.
func written(name string, text []byte) (policy.Document, error) {
	checked := source.Check(name, text)
	if !checked.OK(false) {
		return policy.Document{}, fail(misused, "`disputectl policy check "+name+"` lists them", "%s has errors", name)
	}
	return checked.Document, nil
}
