package policies

import (
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/policy"
)

func compileCommand(console *cli.Console) *cobra.Command {
	var out, environment string
	cmd := &cobra.Command{
		Use:   "compile [FILE] -o OUT",
		Short: "Check a policy and write it as the functions read it",
		Long: `Check a policy, run its own tests, and write it as the closer reads it: JSON with a hash of
everything that changes what the policy does. A policy with errors is not written.

With --environment, the policy says which stacks it was built for, and a closer of another
environment does not start with it. Then FILE may be left out: it is policy.test.yaml or
policy.live.yaml if there is such a file, and otherwise policy.yaml. ` + "`sam build`" + ` does this.

Exit codes: 0 written, 1 the policy has errors, 2 a file cannot be read or written.`,
		Example: `  disputectl policy compile policy.yaml -o policy.json
  disputectl policy compile --environment live -o policy.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: cli.RunE(func(_ *cobra.Command, args []string) error {
			if out == "" {
				return cli.Fail(cli.Misused, "say where to write: -o policy.json", "no output file is named")
			}
			if len(args) == 1 {
				return runCompile(console, args[0], environment, out)
			}
			name, err := input.PolicyFor(console, environment)
			if err != nil {
				return err
			}
			return runCompile(console, name, environment, out)
		}),
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the compiled policy's `FILE`; - is the standard output")
	cmd.Flags().StringVar(&environment, "environment", "", "the `ENVIRONMENT` of the stacks it is for: test or live")
	return cmd
}

func runCompile(console *cli.Console, name, environment, out string) error {
	result, err := input.CheckPolicy(console, name)
	if err != nil {
		return err
	}
	if !result.OK(false) {
		input.PrintFindings(console, name, result, false)
		return cli.Fail(cli.Found, "correct the errors above, then compile again", "%s is not written: the policy has errors", out)
	}
	result.Document.Environment = environment
	compiled, err := policy.Encode(result.Document)
	if err != nil {
		return cli.Fail(cli.Found, "correct the policy, then compile again", "%s is not written: %w", out, err)
	}
	p, err := policy.Load(compiled)
	if err != nil {
		return cli.Fail(cli.Found, "report this: the compiled policy does not load", "%s is not written: %w", out, err)
	}
	file, err := console.Output(out, cli.WorldReadable)
	if err != nil {
		return err
	}
	_, _ = file.Write(compiled) // Commit says what cannot be written.
	if err := file.Commit(); err != nil {
		return err
	}
	told := console.Stdout
	if file.Standard {
		told = console.Stderr
	}
	screen.Printf(told, "%s: from %s%s: %s, %s, %s, hash %s\n", out, name, builtFor(environment), result.Document.Mode,
		cli.Count(len(result.Document.Rules), "rule"), cli.Count(len(result.Document.Tests), "test"), p.Hash())
	return nil
}

// builtFor names an environment that a policy was built for.
func builtFor(environment string) string {
	if environment == "" {
		return ""
	}
	return ", for " + environment
}
