package input

import (
	"strings"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/policy"
)

// CheckPolicy reads a policy file and finds everything that is wrong with it. Its error means that the file cannot be
// read.
func CheckPolicy(console *cli.Console, name string) (source.Result, error) {
	text, err := console.ReadText(name)
	if err != nil {
		return source.Result{}, err
	}
	return source.Check(screen.Line(name), text), nil
}

// CheckReport is the JSON form of a check.
type CheckReport struct {
	File string `json:"file"`
	OK   bool   `json:"ok"`
	// Hash is empty for a policy with errors.
	Hash     string          `json:"hash,omitempty"`
	Mode     policy.Mode     `json:"mode"`
	Findings source.Findings `json:"findings"`
}

// ReportOf returns the report of a checked policy; strict counts warnings as errors.
func ReportOf(name string, r source.Result, strict bool) CheckReport {
	c := CheckReport{File: name, OK: r.OK(strict), Mode: r.Document.Mode, Findings: r.Findings}
	if c.Findings == nil {
		c.Findings = source.Findings{}
	}
	if p, err := policy.Compile(r.Document); err == nil && r.Findings.Errors() == 0 {
		c.Hash = p.Hash()
	}
	return c
}

// PrintFindings writes the findings and a line that sums them up; strict counts warnings as errors.
func PrintFindings(console *cli.Console, name string, r source.Result, strict bool) {
	paint := console.Paint()
	for _, f := range r.Findings {
		word := string(f.Severity) + ":"
		colour := paint.Yellow
		if f.Severity == source.Error {
			colour = paint.Red
		}
		screen.Block(console.Stdout, "", strings.Replace(f.String(), word, colour(word), 1))
	}
	errors := r.Findings.Errors()
	warnings := len(r.Findings) - errors
	if !r.OK(strict) {
		screen.Printf(console.Stdout, "%s: %s, %s\n", name, cli.Count(errors, "error"), cli.Count(warnings, "warning"))
		return
	}
	c := ReportOf(name, r, strict)
	screen.Printf(console.Stdout, "%s: %s: %s, %s, %s, hash %s", name, paint.Green("fine"), c.Mode,
		cli.Count(len(r.Document.Rules), "rule"), cli.Count(len(r.Document.Tests), "test"), c.Hash)
	if warnings > 0 {
		screen.Printf(console.Stdout, ", %s", cli.Count(warnings, "warning"))
	}
	screen.Printf(console.Stdout, "\n")
}
