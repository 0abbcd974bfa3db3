package main

import (
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/policy"
)

func (a *app) policyCompileCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "compile FILE -o OUT",
		Short: "Check a policy and write it as the functions read it",
		Long: `Check a policy, run its own tests, and write it as the closer reads it: JSON with a hash of
everything that changes what the policy does. A policy with errors is not written.

Exit codes: 0 written, 1 the policy has errors, 2 a file cannot be read or written.`,
		Example: `  disputectl policy compile policy.yaml -o policy.json`,
		Args:    cobra.ExactArgs(1),
		RunE: act(func(_ *cobra.Command, args []string) error {
			if out == "" {
				return fail(misused, "say where to write: -o policy.json", "no output file is named")
			}
			return a.compilePolicy(args[0], out)
		}),
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the compiled policy's `FILE`; - is the standard output")
	return cmd
}

func (a *app) compilePolicy(name, out string) error {
	result, err := a.checkPolicy(name)
	if err != nil {
		return err
	}
	if !result.OK(false) {
		a.printFindings(name, result, false)
		return fail(found, "correct the errors above, then compile again", "%s is not written: the policy has errors", out)
	}
	compiled, err := policy.Encode(result.Document)
	if err != nil {
		return fail(found, "correct the policy, then compile again", "%s is not written: %w", out, err)
	}
	p, err := policy.Load(compiled)
	if err != nil {
		return fail(found, "report this: the compiled policy does not load", "%s is not written: %w", out, err)
	}
	file, err := a.stage(out, publicFile)
	if err != nil {
		return err
	}
	_, _ = file.Write(compiled) // What cannot be written, done says.
	if err := file.done(); err != nil {
		return err
	}
	told := a.stdout
	if file.standard {
		told = a.stderr
	}
	screen.Printf(told, "%s: %s, %s, %s, hash %s\n", out, result.Document.Mode,
		count(len(result.Document.Rules), "rule"), count(len(result.Document.Tests), "test"), p.Hash())
	return nil
}
