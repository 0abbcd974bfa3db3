package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/policy"
)

func (a *app) policyCheckCommand() *cobra.Command {
	var strict, asJSON bool
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Find everything that is wrong with a policy, in one pass",
		Long: `Find everything that is wrong with a policy file, in one pass: what is malformed, rules
that can never match or contradict their clocks, bounds beyond ceiling and budget, and
the policy's own tests that fail. FILE may be - for the standard input.

Exit codes: 0 fine, 1 an error (with --strict a warning, too), 2 the file cannot be read.`,
		Example: `  disputectl policy check policy.yaml
  disputectl policy check --strict policy.yaml
  disputectl policy check --json policy.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: act(func(_ *cobra.Command, args []string) error {
			result, err := a.checkPolicy(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				err = a.printJSON(checkedOf(args[0], result, strict))
			} else {
				a.printFindings(args[0], result, strict)
			}
			if err == nil && !result.OK(strict) {
				return errFound
			}
			return err
		}),
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "count warnings as errors")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// checked is the JSON form of a check.
type checked struct {
	File string `json:"file"`
	OK   bool   `json:"ok"`
	// Hash is empty for a policy with errors.
	Hash     string          `json:"hash,omitempty"`
	Mode     policy.Mode     `json:"mode"`
	Findings source.Findings `json:"findings"`
}

func checkedOf(name string, r source.Result, strict bool) checked {
	c := checked{File: name, OK: r.OK(strict), Mode: r.Document.Mode, Findings: r.Findings}
	if c.Findings == nil {
		c.Findings = source.Findings{}
	}
	if p, err := policy.Compile(r.Document); err == nil && r.Findings.Errors() == 0 {
		c.Hash = p.Hash()
	}
	return c
}

// printFindings writes the findings and a last line that sums up; strict counts warnings as errors.
func (a *app) printFindings(name string, r source.Result, strict bool) {
	paint := a.paint()
	for _, f := range r.Findings {
		word := string(f.Severity) + ":"
		colour := paint.yellow
		if f.Severity == source.Error {
			colour = paint.red
		}
		screen.Block(a.stdout, "", strings.Replace(f.String(), word, colour(word), 1))
	}
	errors := r.Findings.Errors()
	warnings := len(r.Findings) - errors
	if !r.OK(strict) {
		screen.Printf(a.stdout, "%s: %s, %s\n", name, count(errors, "error"), count(warnings, "warning"))
		return
	}
	c := checkedOf(name, r, strict)
	screen.Printf(a.stdout, "%s: %s: %s, %s, %s, hash %s", name, paint.green("fine"), c.Mode,
		count(len(r.Document.Rules), "rule"), count(len(r.Document.Tests), "test"), c.Hash)
	if warnings > 0 {
		screen.Printf(a.stdout, ", %s", count(warnings, "warning"))
	}
	screen.Printf(a.stdout, "\n")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
