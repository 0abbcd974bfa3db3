// Package source reads the policy file: strict YAML, every problem in one pass, each at its line and column.
package source

import (
	"cmp"
	"fmt"
	"slices"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
	"disputecloser/shared/policy"
)

// Severity says whether a finding refuses the policy.
type Severity string

// The two severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Position is a place in a policy file. Line and Column count from 1; a column is a character, not a byte.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Finding is one thing wrong with a policy file.
type Finding struct {
	Position
	// Kind is 1 to 7 for an error, in the numbering of the policy file's documentation, and above for a warning.
	Kind     analysis.Kind `json:"kind"`
	Severity Severity      `json:"severity"`
	// Message says what is wrong, Hint what to do.
	Message string `json:"message"`
	Hint    string `json:"hint"`
	// Also is the other place of a finding about two; nil if there is one place only.
	Also *Position `json:"also,omitempty"`
}

// String returns the finding on one line, and its hint and other place on further ones.
func (f Finding) String() string {
	text := fmt.Sprintf("%s: %s: %s", f.Position, f.Severity, f.Message)
	if f.Also != nil {
		text += fmt.Sprintf("\n  see %s", f.Also)
	}
	if f.Hint != "" {
		text += "\n  " + f.Hint
	}
	return text
}

// Findings are in the order of the file.
type Findings []Finding

// Errors returns how many findings are errors.
func (fs Findings) Errors() int {
	n := 0
	for _, f := range fs {
		if f.Severity == Error {
			n++
		}
	}
	return n
}

// Result is what Check found.
type Result struct {
	// Document is what could be read. It can be compiled if there are no errors.
	Document policy.Document
	Findings Findings
}

// OK reports whether the policy may be compiled and used; strict counts warnings as errors.
func (r Result) OK(strict bool) bool {
	return r.Findings.Errors() == 0 && (!strict || len(r.Findings) == 0)
}

// Read reads a policy file's text. Name is what findings call the file. The findings are only about form, and the
// document holds what could be read.
func Read(name string, yaml []byte) (policy.Document, Findings) {
	r := read(name, yaml)
	return r.doc, r.sorted()
}

// Check reads a policy file's text and finds everything that is wrong with it.
func Check(name string, yaml []byte) Result {
	r := read(name, yaml)
	if r.readable {
		for _, p := range analysis.Check(&r.doc, r.broken) {
			r.reportProblem(p)
		}
	}
	if r.findings.Errors() == 0 {
		if _, err := policy.Compile(r.doc); err != nil {
			r.report(Position{File: name, Line: 1, Column: 1}, analysis.Malformed, err.Error(), "")
		}
	}
	return Result{Document: r.doc, Findings: r.sorted()}
}

// sorted returns the findings by place, each once.
func (r *reader) sorted() Findings {
	slices.SortStableFunc(r.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Message, b.Message))
	})
	r.findings = slices.CompactFunc(r.findings, func(a, b Finding) bool {
		return a.Position == b.Position && a.Kind == b.Kind && a.Message == b.Message
	})
	return r.findings
}

// reportProblem reports a problem of the analyses where the file states what it is about.
func (r *reader) reportProblem(p analysis.Problem) {
	f := Finding{Position: r.place(p.At), Kind: p.Kind, Severity: Error, Message: p.Message, Hint: p.Hint}
	if p.Kind.Warning() {
		f.Severity = Warning
	}
	if p.Also != "" {
		also := r.place(p.Also)
		f.Also = &also
	}
	r.findings = append(r.findings, f)
}

// place returns the narrowest known place around a path.
func (r *reader) place(p analysis.Path) Position {
	for ; p != ""; p = p.Parent() {
		if at, ok := r.places[p]; ok {
			return at
		}
	}
	return Position{File: r.file, Line: 1, Column: 1}
}
